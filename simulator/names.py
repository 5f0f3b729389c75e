"""Names as people carry them on each island, drawn from short lists written for this project.

A tradition is a naming habit: which first names the old and the young carry, whether a second word
follows, whether a clan name ends it. `TRADITIONS_BY_PROVINCE` says who lives where.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Tradition:
    """Naming habit of one people. `second_word_milli` of names carry a second word."""

    women_old: tuple[str, ...]
    women_young: tuple[str, ...]
    men_old: tuple[str, ...]
    men_young: tuple[str, ...]
    women_second: tuple[str, ...]
    men_second: tuple[str, ...]
    clans: tuple[str, ...] = ()
    second_word_milli: int = 650


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


JAVANESE = Tradition(
    women_old=_words(
        "Sumarni Sutinah Paijem Tukiyem Ponirah Suparmi Wagiyem Sukinem Ngatini Satiyem Kasinah "
        "Rubiyah Sarinten Mujinah Suwarti Warsini Kartini Partini Lasmi Jumirah Sulastri "
        "Muryati"
    ),
    women_young=_words(
        "Siti Sri Dewi Endang Rini Wahyuni Ratna Yuliana Lestari Tri Dwi Eka Nur Fitri Puji "
        "Anisa Retno Indah Novi Wulan Ayu Dian Rahayu Aulia Nabila Salsa Zahra Putri Kirana "
        "Naura"
    ),
    men_old=_words(
        "Suparman Paimin Tukiman Sukarno Ngatiman Wagiman Kasiman Sutrisno Mulyono Sarjono "
        "Poniman Suwito Kasdi Parno Slamet Marsudi Sumarno Jumadi Karyono Sugeng Wiryo Sastro "
        "Rebo"
    ),
    men_young=_words(
        "Agus Bambang Eko Joko Budi Hadi Wahyu Tri Dwi Ari Yoga Bayu Galih Dimas Rizki Fajar "
        "Ilham Nanang Heru Teguh Arif Adi Rangga Danang Yudha Farel Raka Arya Gilang Satria"
    ),
    women_second=_words(
        "Aminah Lestari Rahayu Wahyuni Handayani Astuti Utami Ningsih Susanti Wulandari "
        "Kusumawati Purwanti Hidayati Setyowati Puspita Anggraini Maharani Khasanah Mulyani "
        "Rohmah"
    ),
    men_second=_words(
        "Santoso Setiawan Prasetyo Wibowo Nugroho Susanto Purnomo Hartono Kurniawan Utomo "
        "Saputra Wijaya Raharjo Pratama Hidayat Suryanto Handoko Widodo Firmansyah Ramadhan"
    ),
    second_word_milli=600,
)

SUNDANESE = Tradition(
    women_old=_words(
        "Icih Iyah Enok Onah Uum Engkom Ecin Rokayah Juju Aisah Mimin Cucu Entin Ikah"
    ),
    women_young=_words(
        "Neng Euis Ai Iis Lilis Rina Yanti Elis Teti Imas Nenden Wina Siti Nining Ratih Dede "
        "Risma Alya Nazwa Sofia Tiara Amelia"
    ),
    men_old=_words(
        "Ujang Asep Udin Encep Aep Oman Ade Entis Uci Omod Sarip Engkos Maman Otong Ending"
    ),
    men_young=_words(
        "Asep Dede Cecep Dadan Deden Iwan Yayan Rudi Hendra Gugun Aldi Rian Reza Fikri Ridwan "
        "Rafi Fauzan Azka"
    ),
    women_second=_words(
        "Nurhayati Komariah Rohaeti Kurniasih Sumiati Rostini Hasanah Juariah Maryani Suhaeti "
        "Latifah Nuraeni Sukaesih Solihat Permata"
    ),
    men_second=_words(
        "Sutisna Suryana Sopandi Hermawan Mulyana Kosasih Saepudin Permana Supriatna Rohman "
        "Gunawan Hidayat Rukmana Nugraha Maulana"
    ),
)

MALAY = Tradition(
    women_old=_words(
        "Rohana Zainab Maimunah Halimah Hamidah Rukiah Nurbaya Fatimah Jamilah Saodah Asmah Ramlah"
    ),
    women_young=_words(
        "Siti Nur Sri Rosna Yusnida Marlina Erna Yenni Desi Mira Suryani Lina Rika Helda Tika "
        "Nadia Aisyah Khadijah Syifa Zahira"
    ),
    men_old=_words(
        "Abdul Muhammad Hasan Husin Zainal Syafri Burhan Ibrahim Usman Amiruddin Mahmud Saleh"
    ),
    men_young=_words(
        "Muhammad Ahmad Zulkifli Hendri Andi Rahmat Iskandar Irwan Junaidi Yusuf Fadli Rizal "
        "Taufik Ikhsan Habib Alif Rasya Fahri"
    ),
    women_second=_words(
        "Aminah Azizah Hasanah Zahara Rahmah Yani Marwiyah Hayati Aini Safitri Humaira Rosmini "
        "Maryam Ulfa Salamah"
    ),
    men_second=_words(
        "Rahman Hamid Effendi Syahputra Hakim Aziz Siregar Karim Wahab Basri Yahya Ridho Fauzi "
        "Ismail Nasution"
    ),
)

MINANG = Tradition(
    women_old=_words(
        "Rosmaini Nurlela Syamsidar Yulidar Asnimar Jusmaniar Ernawati Zuraida Rabiah"
    ),
    women_young=_words(
        "Yuliarti Fitriani Desmawati Elfira Resti Mega Yosi Rahmi Silvia Vivi Suci Annisa "
        "Nadira Hafizah Sintia"
    ),
    men_old=_words("Syamsuar Nasrul Bustami Darwis Zulkarnain Amril Jufri Sofyan Mawardi Rusli"),
    men_young=_words(
        "Afrizal Doni Hendrizal Jon Riko Yudi Febri Roni Ilham Hafiz Aidil Fauzan Rafki Ihsan Zaki"
    ),
    women_second=_words(
        "Yanti Wati Fitri Susilawati Marni Putri Oktavia Ramadhani Yeni Novita Delvia"
    ),
    men_second=_words("Chaniago Piliang Koto Tanjung Sikumbang Jambak Guci Putra Saputra Efendi"),
)

BATAK = Tradition(
    women_old=_words("Tiurma Rosmaida Nurmala Lamria Hotmaida Tiarlin Masniari Ramauli Duma"),
    women_young=_words(
        "Rotua Melva Lasmaria Desi Yohana Ruth Martha Evi Friska Debora Sarah Grace Natalia Maria"
    ),
    men_old=_words("Parlindungan Marolop Tumpal Sahat Binsar Monang Jonner Saut Pardomuan"),
    men_young=_words(
        "Andreas Roni Jhon Togar Hotman Ferdinand Samuel Yosua Daniel Rico Benny Kevin Gabriel"
    ),
    women_second=_words("Br. Boru"),
    men_second=_words("Parulian Mangasi Halomoan Sabar Pangihutan"),
    clans=_words(
        "Simanjuntak Sihombing Hutagalung Siahaan Nainggolan Panjaitan Situmorang Manurung "
        "Sinaga Tampubolon Harahap Lubis Ginting Sembiring Tarigan"
    ),
    second_word_milli=150,
)

BANJAR = Tradition(
    women_old=_words("Aluh Galuh Masrah Norsiah Siti Ruhayah Barlian Jumiati Hadijah Mastiah"),
    women_young=_words("Norhayati Rahmah Noor Mariatul Raudah Nurul Helda Lisa Amelia Aulia Zahra"),
    men_old=_words("Utuh Anang Masrani Syahran Asmuni Kurdi Jumberi Arsyad Barkati"),
    men_young=_words("Ahmad Muhammad Rusdi Syaiful Hairul Akhmad Fahrul Riduan Madi Rizky Hafiz"),
    women_second=_words("Jannah Hasanah Rahmi Kiptiah Aini Fauziah Latipah Hikmah Sa'diah"),
    men_second=_words("Rahmadi Fitriadi Anwar Ansyari Hidayatullah Noor Arifin Ramadhan Yani"),
)

DAYAK = Tradition(
    women_old=_words("Sinun Lusiana Munai Rosina Terong Awing Bulan Ngoi"),
    women_young=_words("Yuliana Kristina Agnes Veronika Lidia Yunita Marsela Elisa Nova Tesa"),
    men_old=_words("Lanting Udau Jalung Ngau Bilung Sangen Duding Lawai"),
    men_young=_words("Markus Yohanes Stepanus Petrus Albertus Dominikus Heri Robert Kristian Deni"),
    women_second=_words("Lenjau Ubung Kristiani Sulastri Mering Hangin"),
    men_second=_words("Ajang Ding Lawing Jau Kule Ibau Ngang"),
)

BUGIS = Tradition(
    women_old=_words("Hasnah I_Becce Sitti Rosmiati Nurhayati Halija Hadrah Maryama Sahari Indo"),
    women_young=_words(
        "Andi Nurfadillah Kasmawati Hasriani Sukmawati Rahmi Nirwana Ayu Fitriani Nuraini"
    ),
    men_old=_words("Baharuddin La_Tinro Muhammad Ambo Syarifuddin Abdul Hamka Mappa Tahir Lantara"),
    men_young=_words(
        "Andi Muhammad Ardiansyah Akbar Rusdi Kamaruddin Irfan Sudirman Asrul Haikal Fadhil"
    ),
    women_second=_words("Dg._Ngai Hamsiah Rahman Jufri Mansyur Tahir Basir Amir Idris Saleng"),
    men_second=_words("Dg._Nassa Mansyur Rahim Tahir Basri Amir Idris Nur Hasan Alimuddin"),
)

MINAHASA = Tradition(
    women_old=_words("Martje Jantje Altje Deitje Femmy Norma Henny Selvie"),
    women_young=_words("Meilan Fitri Novita Stevi Yuli Gloria Angelia Christy Marsha Vanessa"),
    men_old=_words("Jantje Wellem Alex Herling Ferry Johanis Hanny Noldy"),
    men_young=_words("Stenly Rivo Jefri Christian Marcel Brayen Jordan Rendy Fabio Glen"),
    women_second=_words("Olga Maria Sofia Yosefina Meity"),
    men_second=_words("Frans Jhon Robby Youdy Paulus"),
    clans=_words("Rumengan Wowor Lumi Tumbelaka Mandagi Pangemanan Sumual Kalalo Rondonuwu Supit"),
    second_word_milli=200,
)

BALINESE = Tradition(
    women_old=_words("Ni_Wayan Ni_Made Ni_Nyoman Ni_Ketut Ni_Putu"),
    women_young=_words("Ni_Wayan Ni_Made Ni_Komang Ni_Ketut Ni_Putu Ni_Kadek Ni_Luh"),
    men_old=_words("I_Wayan I_Made I_Nyoman I_Ketut I_Putu"),
    men_young=_words("I_Wayan I_Made I_Komang I_Ketut I_Putu I_Kadek I_Gede"),
    women_second=_words(
        "Suarti Sukerti Rasni Sudiasih Ariani Widiasih Kertiasih Puspadewi Suryani Wardani Sariasih"
    ),
    men_second=_words(
        "Suardana Sudarma Widana Artawan Sukarta Mudita Budiasa Astawa Wirawan Suarjana"
    ),
    second_word_milli=1000,
)

SASAK = Tradition(
    women_old=_words("Inaq Rakyah Sahnim Maknah Saknah Rumenah Mahnim Kamariah"),
    women_young=_words("Baiq Siti Hernawati Nurul Suriani Laili Rohani Zohriah Aisyah"),
    men_old=_words("Amaq Lalu Mahsun Sahnun Mustiadi Seman Ratmawa"),
    men_young=_words("Lalu Muhammad Sahril Hamdan Zulkarnaen Samsul Hairil Ahmad Jayadi Suhaili"),
    women_second=_words("Hidayati Rahmawati Wahyuni Sri_Rahayu Nurhasanah Aini Apriani Sukmawati"),
    men_second=_words("Hadi Azhari Wirajaya Anggara Satriawan Kurniadi Ihsan Muliadi"),
)

FLORES_TIMOR = Tradition(
    women_old=_words("Maria Yuliana Martha Theresia Elisabet Regina Katarina Rosalia Blandina"),
    women_young=_words(
        "Maria Yasinta Kristina Agustina Fransiska Adelia Marselina Wilhelmina Angela"
    ),
    men_old=_words("Yohanes Petrus Paulus Dominikus Benediktus Simon Nikolaus Thomas Lambertus"),
    men_young=_words("Yosef Fransiskus Antonius Stefanus Gregorius Marselinus Oktavianus Rikardus"),
    women_second=_words("Goreti Fatima Yosefa Magdalena Imakulata Bernadeta"),
    men_second=_words("Don_Bosko Xaverius Aleksander Kornelis Hilarius"),
    clans=_words(
        "Nahak Bria Seran Klau Taek Leki Tefa Nenobais Bani Djawa Lamak Wea Keraf Tukan Bere"
    ),
    second_word_milli=300,
)

MALUKU = Tradition(
    women_old=_words("Orpa Dominggas Yacomina Welmina Habiba Saadia Costantina Adolfina"),
    women_young=_words("Marlin Ona Febby Yolanda Sitna Wa_Ode Fitri Jacklin Nurlaila Rahma"),
    men_old=_words("Izak Yohanis Hendrik Abdullah La_Ode Elias Marthin Salmon"),
    men_young=_words("Jonly Ronaldo Fadli Steven La_Ode Ridwan Glen Melky Fahmi Rivaldo"),
    women_second=_words("Selfina Wati Aminah Loisa Hasna"),
    men_second=_words("Rahman Jems Karel Umar Frengky"),
    clans=_words(
        "Latuheru Pattiasina Tuasikal Sahertian Leiwakabessy Rumakat Tomasoa Marasabessy Lesnussa"
    ),
    second_word_milli=250,
)

PAPUAN = Tradition(
    women_old=_words("Yosina Mariana Yuliana Naomi Adriana Orpa Sara Dolfina Batseba"),
    women_young=_words(
        "Yuliana Elsina Fince Novalina Yemima Alfonsina Lince Melania Selina Dorkas"
    ),
    men_old=_words("Yulianus Yakob Lukas Matius Elieser Karel Zakeus Amos"),
    men_young=_words("Melkias Yance Demianus Yunus Otniel Frengki Nius Isak Ferdinan Boas"),
    women_second=_words("Maria Rosa Ester Yohana"),
    men_second=_words("Yan Paulus Beni Markus"),
    clans=_words(
        "Wenda Kogoya Tabuni Yikwa Rumbiak Mandacan Kambu Waromi Pigai Gobai Numberi Asso Wonda"
    ),
    second_word_milli=150,
)

# Province code to (tradition, weight): rough neighbours, not a census.
TRADITIONS_BY_PROVINCE: dict[str, tuple[tuple[Tradition, int], ...]] = {
    "11": ((MALAY, 1),),
    "12": ((BATAK, 3), (MALAY, 2), (JAVANESE, 2)),
    "13": ((MINANG, 1),),
    "14": ((MALAY, 3), (MINANG, 1), (JAVANESE, 1)),
    "15": ((MALAY, 3), (JAVANESE, 1)),
    "16": ((MALAY, 3), (JAVANESE, 1)),
    "17": ((MALAY, 3), (JAVANESE, 1)),
    "18": ((JAVANESE, 3), (MALAY, 2), (SUNDANESE, 1)),
    "19": ((MALAY, 1),),
    "21": ((MALAY, 3), (JAVANESE, 1)),
    "31": ((JAVANESE, 2), (SUNDANESE, 1), (MALAY, 1)),
    "32": ((SUNDANESE, 4), (JAVANESE, 1)),
    "33": ((JAVANESE, 1),),
    "34": ((JAVANESE, 1),),
    "35": ((JAVANESE, 1),),
    "36": ((SUNDANESE, 3), (JAVANESE, 1)),
    "51": ((BALINESE, 1),),
    "52": ((SASAK, 1),),
    "53": ((FLORES_TIMOR, 1),),
    "61": ((DAYAK, 2), (MALAY, 2), (JAVANESE, 1)),
    "62": ((DAYAK, 2), (BANJAR, 2), (JAVANESE, 1)),
    "63": ((BANJAR, 4), (JAVANESE, 1)),
    "64": ((BANJAR, 2), (DAYAK, 1), (BUGIS, 1), (JAVANESE, 1)),
    "65": ((DAYAK, 2), (BUGIS, 1)),
    "71": ((MINAHASA, 1),),
    "72": ((BUGIS, 2), (MINAHASA, 1)),
    "73": ((BUGIS, 1),),
    "74": ((BUGIS, 2), (MALUKU, 1)),
    "75": ((BUGIS, 2), (MINAHASA, 1)),
    "76": ((BUGIS, 1),),
    "81": ((MALUKU, 1),),
    "82": ((MALUKU, 1),),
}
_PAPUA = ((PAPUAN, 4), (BUGIS, 1), (JAVANESE, 1))


def traditions_of(province_code: str) -> tuple[Tradition, ...]:
    """Traditions of a province, repeated by weight so that one draw picks among them."""
    weighted = TRADITIONS_BY_PROVINCE.get(province_code, _PAPUA)
    return tuple(tradition for tradition, weight in weighted for _ in range(weight))


def draw_name(rng: Random, tradition: Tradition, *, woman: bool, old: bool, clan: str = "") -> str:
    """One name. `old`: born before about 1970. `clan` ends the name where there are clans."""
    draw = rng.random
    if woman:
        firsts = tradition.women_old if old else tradition.women_young
        seconds = tradition.women_second
    else:
        firsts = tradition.men_old if old else tradition.men_young
        seconds = tradition.men_second
    name = firsts[int(draw() * len(firsts))]
    if draw() * 1000 < tradition.second_word_milli:
        second = seconds[int(draw() * len(seconds))]
        if second != name:
            name = f"{name} {second}"
    return f"{name} {clan}" if clan else name


def draw_clan(rng: Random, tradition: Tradition) -> str:
    """A clan name, or empty where the tradition has none."""
    clans = tradition.clans
    return clans[int(rng.random() * len(clans))] if clans else ""
