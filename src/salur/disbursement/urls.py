"""Paths of planning, printing, cash and decisions."""

from django.urls import path

from salur.disbursement.pages import (
    control,
    decisions,
    floats,
    houses,
    planning,
    printing,
    procedures,
    sessions,
)

app_name = "disbursement"
urlpatterns = [
    path("persiapan/", planning.board, name="board"),
    path("persiapan/rencana/", planning.plan, name="plan"),
    path("persiapan/ulang/", planning.replan, name="replan"),
    path("sesi/", sessions.sessions, name="sessions"),
    path("sesi/<uuid:session_id>/", sessions.session, name="session"),
    path("sesi/<uuid:session_id>/petugas/", sessions.assign, name="assign_officer"),
    path("sesi/<uuid:session_id>/perangkat/", sessions.lease, name="lease"),
    path("sesi/<uuid:session_id>/danom/", sessions.danom, name="danom"),
    path("sesi/<uuid:session_id>/urutan/", houses.order_round, name="order_round"),
    path("rumah/", houses.houses, name="houses"),
    path("rumah/<uuid:tranche_id>/<str:village>/", houses.assign_houses, name="assign_houses"),
    path("titik-bayar/", sessions.points, name="points"),
    path("titik-bayar/unggah/", sessions.upload_points, name="upload_points"),
    path("titik-bayar/<uuid:point_id>/", sessions.edit_point, name="edit_point"),
    path("prosedur/", procedures.procedures, name="procedures"),
    path("prosedur/<slug:channel>/baru/", procedures.new_procedure, name="new_procedure"),
    path("prosedur/<slug:channel>/<int:number>/", procedures.procedure, name="procedure"),
    path(
        "prosedur/<slug:channel>/<int:number>/putusan/",
        procedures.decide_procedure,
        name="decide_procedure",
    ),
    path("surat/", printing.letters, name="letters"),
    path("surat/<uuid:run_id>/", printing.print_file, name="print_file"),
    path("bank/", printing.banks, name="banks"),
    path("bank/perintah/", printing.instruct, name="instruct_bank"),
    path("bank/<uuid:run_id>/", printing.bank_file, name="bank_file"),
    path("panjar/", floats.floats, name="floats"),
    path("panjar/brankas/", floats.draw, name="draw_cash"),
    path("panjar/saya/", floats.own_floats, name="own_floats"),
    path("panjar/sesi/<uuid:session_id>/", floats.issue, name="issue_float"),
    path("panjar/<uuid:float_id>/tarik/", floats.withdraw, name="withdraw_float"),
    path("panjar/<uuid:float_id>/kembali/", floats.take_back, name="hand_back"),
    path("lapangan/", control.control, name="control"),
    path("lapangan/wajah/<uuid:question_id>/", control.decide_face, name="decide_face"),
    path("lapangan/wajah/<uuid:question_id>/<str:which>/", control.face_photo, name="face_photo"),
    path("putusan/", decisions.decide_final, name="decide_final"),
    path("tinjauan/", decisions.review_evidence, name="review_evidence"),
]
