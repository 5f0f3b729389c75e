"""What access refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Busy, Conflict, Forbidden, Invalid, Missing, Refusal


class NotSignedIn(Refusal):
    """Nobody we know is asking. Doors answer it with the sign-in page or 401."""

    kind = "unauthenticated"
    code = "not_signed_in"
    message = _("Silakan masuk lebih dahulu.")


class AccountEnded(NotSignedIn):
    code = "account_ended"
    message = _("Masa berlaku akun ini sudah berakhir. Hubungi kepala kantor Anda.")


class SecondFactorNeeded(Forbidden):
    code = "second_factor_needed"
    message = _("Aktifkan kunci kedua lebih dahulu.")


class SignatureRefused(NotSignedIn):
    """The device's signature does not fit its key and this request."""

    code = "bad_signature"
    message = _("Tanda tangan perangkat tidak sah.")


class DeviceUnknown(NotSignedIn):
    code = "unknown_device"
    message = _("Perangkat ini tidak terdaftar.")


class DeviceRevoked(NotSignedIn):
    code = "device_revoked"
    message = _("Perangkat ini sudah dicabut. Hubungi kepala kantor Anda.")


class ClockOff(NotSignedIn):
    """The request's time is too far from ours; ``server_time`` lets the app correct itself."""

    code = "clock_off"
    message = _("Jam perangkat berbeda terlalu jauh dari jam server.")


class RequestReplayed(NotSignedIn):
    code = "replayed"
    message = _("Permintaan ini sudah pernah diterima.")


class SamePerson(Forbidden):
    """Four eyes: whoever prepared it may not approve it."""

    code = "same_person"
    message = _("Harus orang lain: yang menyiapkan tidak boleh menyetujui.")


class OwnRole(Forbidden):
    code = "own_role"
    message = _("Tidak seorang pun mengubah perannya sendiri.")


class BeyondOwnScope(Forbidden):
    code = "beyond_scope"
    message = _("Wilayah atau kantor itu di luar lingkup Anda.")


class ScopesDiffer(Conflict):
    """Permissions of all roles hold for the whole scope, so roles of one account share it."""

    code = "scopes_differ"
    message = _("Peran lain akun ini punya lingkup berbeda. Buat akun tersendiri untuk peran ini.")


class RolesCollide(Conflict):
    """Two duties that must not lie in one hand."""

    code = "roles_collide"
    message = _("Peran %(role)s tidak boleh dipegang bersama %(other)s.")


class RoleUnknown(Invalid):
    code = "unknown_role"
    message = _("Peran %(role)s tidak dikenal.")


class ScopeNeeded(Invalid):
    code = "scope_needed"
    message = _("Peran ini memerlukan lingkup: %(scope)s.")


class UserMissing(Missing):
    code = "unknown_user"
    message = _("Akun tidak ditemukan.")


class UsernameTaken(Conflict):
    code = "username_taken"
    message = _("Nama akun “%(username)s” sudah dipakai.")


class PasswordWeak(Invalid):
    code = "password_weak"
    message = _("Kata sandi belum cukup kuat.")


class DeviceMissing(Missing):
    code = "device_missing"
    message = _("Perangkat tidak ditemukan.")


class KeyRefused(Invalid):
    code = "bad_public_key"
    message = _("Kunci perangkat tidak dapat dipakai.")


class KeyTaken(Conflict):
    code = "key_taken"
    message = _("Kunci ini sudah terdaftar untuk perangkat lain.")


class CodeUnknown(Missing):
    code = "code_unknown"
    message = _("Kode pendaftaran tidak dikenal. Periksa hurufnya atau minta kode baru.")


class CodeExpired(Conflict):
    code = "code_expired"
    message = _("Kode pendaftaran sudah kedaluwarsa. Minta kode baru.")


class CodeUsed(Conflict):
    code = "code_used"
    message = _("Kode pendaftaran sudah dipakai. Minta kode baru.")


class NoHomeOffice(Conflict):
    code = "no_home_office"
    message = _("Akun ini belum punya kantor. Tentukan kantornya lebih dahulu.")


class ChallengeUnreadable(Invalid):
    code = "access.challenge_unreadable"
    message = _("Kode di layar ponsel terdiri dari enam angka. Minta petugas membacakannya lagi.")


class TooManyRequests(Busy):
    """This device asks more often than any phone needs to."""

    code = "too_many_requests"
    message = _("Perangkat ini terlalu sering meminta. Coba lagi dalam %(retry_after)s detik.")
