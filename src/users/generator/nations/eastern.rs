//! India, Iran, Serbia, Turkey and Ukraine: names beyond the Latin script, `name=ascii for the email`.

use super::{Id, Nation, Postcode, Titles};

/// India: people in Devanagari, places in Latin letters.
pub const IN: Nation = Nation {
    code: "IN",
    country: "India",
    titles: Titles::English,
    male: "आकाश=akash, आदित्य=aditya, अजय=ajay, अमित=amit, अनिल=anil, अनुपम=anupam, अर्जुन=arjun, \
        अरुण=arun, अशोक=ashok, भरत=bharat, चेतन=chetan, दीपक=deepak, देव=dev, धीरज=dheeraj, गणेश=ganesh, \
        गौरव=gaurav, गोपाल=gopal, हरीश=harish, हर्ष=harsh, ईशान=ishaan, जतिन=jatin, कबीर=kabir, करण=karan, \
        कार्तिक=kartik, केशव=keshav, किशोर=kishor, कृष्ण=krishna, ललित=lalit, महेश=mahesh, मनीष=manish, \
        मोहन=mohan, मुकेश=mukesh, नवीन=naveen, निखिल=nikhil, ओम=om, पंकज=pankaj, प्रकाश=prakash, \
        प्रणव=pranav, राहुल=rahul, राजेश=rajesh, रवि=ravi, रोहित=rohit, सचिन=sachin, संजय=sanjay, \
        शंकर=shankar, सिद्धार्थ=siddharth, सुरेश=suresh, तरुण=tarun, उमेश=umesh, विजय=vijay, विकास=vikas, \
        विनोद=vinod, विवेक=vivek, यश=yash",
    female: "आरती=aarti, अदिति=aditi, ऐश्वर्या=aishwarya, अमृता=amrita, अनीता=anita, अंजलि=anjali, \
        अनुराधा=anuradha, आशा=asha, भारती=bharati, चंदा=chanda, चित्रा=chitra, दीपा=deepa, दिव्या=divya, \
        गायत्री=gayatri, गीता=geeta, हेमा=hema, इंदिरा=indira, ईशा=isha, जया=jaya, ज्योति=jyoti, \
        काजल=kajal, कमला=kamala, कविता=kavita, किरण=kiran, लक्ष्मी=lakshmi, लता=lata, लीला=leela, \
        माधुरी=madhuri, मीनाक्षी=meenakshi, मीरा=meera, मोहिनी=mohini, नंदिनी=nandini, नेहा=neha, \
        निशा=nisha, पद्मा=padma, पल्लवी=pallavi, पार्वती=parvati, पूजा=pooja, प्रिया=priya, राधा=radha, \
        रजनी=rajani, रेखा=rekha, रितु=ritu, संगीता=sangeeta, सरस्वती=saraswati, सीमा=seema, शांति=shanti, \
        स्मिता=smita, सुमन=suman, सुनीता=sunita, तारा=tara, उषा=usha, वर्षा=varsha, विद्या=vidya",
    last: "अग्रवाल=agarwal, आचार्य=acharya, बनर्जी=banerjee, भट्ट=bhatt, भारद्वाज=bharadwaj, बोस=bose, \
        चौहान=chauhan, चौधरी=chaudhary, चक्रवर्ती=chakravarti, चतुर्वेदी=chaturvedi, दास=das, देसाई=desai, \
        देशपांडे=deshpande, दुबे=dubey, गांधी=gandhi, घोष=ghosh, गोयल=goyal, गुप्ता=gupta, अय्यर=iyer, \
        जैन=jain, जोशी=joshi, कपूर=kapoor, कौर=kaur, खन्ना=khanna, कुलकर्णी=kulkarni, कुमार=kumar, \
        मल्होत्रा=malhotra, मेहता=mehta, मिश्रा=mishra, मुखर्जी=mukherjee, नायर=nair, नायडू=naidu, \
        पांडेय=pandey, पटेल=patel, पाटिल=patil, राव=rao, राठौर=rathore, रेड्डी=reddy, सक्सेना=saxena, \
        शाह=shah, शर्मा=sharma, शास्त्री=shastri, शुक्ला=shukla, सिंह=singh, सिन्हा=sinha, ठाकुर=thakur, \
        तिवारी=tiwari, त्रिपाठी=tripathi, त्रिवेदी=trivedi, वर्मा=verma, व्यास=vyas, यादव=yadav",
    cities: "Agra, Ahmedabad, Ajmer, Aligarh, Allahabad, Amritsar, Aurangabad, Bengaluru, Bhopal, \
        Bhubaneswar, Bikaner, Chandigarh, Chennai, Coimbatore, Cuttack, Dehradun, Dhanbad, Dibrugarh, \
        Faridabad, Gandhinagar, Gangtok, Gaya, Guwahati, Gwalior, Haridwar, Hubli, Hyderabad, Imphal, \
        Indore, Jabalpur, Jaipur, Jaisalmer, Jamshedpur, Jodhpur, Kanpur, Kochi, Kolkata, Kota, Kozhikode, \
        Leh, Lucknow, Ludhiana, Madurai, Mangalore, Meerut, Mumbai, Mysuru, Nagpur, Nashik, New Delhi, \
        Panaji, Patna, Puducherry, Pune, Raipur, Rajkot, Ranchi, Rishikesh, Shillong, Shimla, Srinagar, \
        Surat, Thiruvananthapuram, Tirupati, Udaipur, Ujjain, Vadodara, Varanasi, Vijayawada, \
        Visakhapatnam",
    states: "Andaman and Nicobar Islands, Andhra Pradesh, Arunachal Pradesh, Assam, Bihar, Chhattisgarh, \
        Delhi, Goa, Gujarat, Haryana, Himachal Pradesh, Jammu and Kashmir, Jharkhand, Karnataka, Kerala, \
        Ladakh, Lakshadweep, Madhya Pradesh, Maharashtra, Manipur, Meghalaya, Mizoram, Nagaland, Odisha, \
        Puducherry, Punjab, Rajasthan, Sikkim, Tamil Nadu, Telangana, Tripura, Uttar Pradesh, Uttarakhand, \
        West Bengal",
    streets: "Anna Salai, Ashram Rd, Bank Rd, Brigade Rd, Cantonment, Chandni Chowk, Church St, Civil \
        Lines, College St, Dalal St, Fort Rd, Gandhi Maidan, Ghat Rd, Hazratganj, Indira Chowk, Jubilee \
        Hills, Laad Bazaar, Lake Gardens, Linking Rd, Mahatma Gandhi Rd, Mall Rd, Marine Lines, Model \
        Town, Nehru Place, Netaji Subhash Rd, Old Airport Rd, Palace Rd, Park St, Race Course Rd, Sadar \
        Bazaar, Sardar Patel Marg, Station Rd, Tank Bund Rd, Temple Rd, University Rd",
    postcode: Postcode::Number(10000, 99999),
    phone: "9#########|8#########|7#########",
    cell: "9#########|8#########|7#########",
    id: Id::Made("UIDAI", "############"),
};

/// Iran: everything but the titles in Persian, and no id.
pub const IR: Nation = Nation {
    code: "IR",
    country: "Iran",
    titles: Titles::English,
    male: "آرش=arash, آرمان=arman, آرین=aryan, امیر=amir, امیرحسین=amirhossein, امید=omid, ایمان=iman, \
        بابک=babak, بهرام=bahram, بهروز=behrouz, بهمن=bahman, پارسا=parsa, پدرام=pedram, پرویز=parviz, \
        پویا=pouya, پیمان=peyman, جمشید=jamshid, جواد=javad, حامد=hamed, حسن=hasan, حسین=hossein, \
        خسرو=khosrow, داریوش=dariush, داوود=davoud, رامین=ramin, رضا=reza, رستم=rostam, سامان=saman, \
        سعید=saeed, سهراب=sohrab, سیاوش=siavash, سینا=sina, شاهین=shahin, شهرام=shahram, عباس=abbas, \
        علی=ali, علیرضا=alireza, فرهاد=farhad, فریدون=fereydoun, کامران=kamran, کاوه=kaveh, کوروش=kourosh, \
        کیان=kian, محمد=mohammad, محمدرضا=mohammadreza, مهدی=mahdi, مهران=mehran, مهرداد=mehrdad, \
        نادر=nader, نیما=nima, هومن=houman, یاسین=yasin, یوسف=yousef",
    female: "آتنا=atena, آرزو=arezou, آناهیتا=anahita, آیدا=ayda, اعظم=azam, الناز=elnaz, الهام=elham, \
        بهار=bahar, بهناز=behnaz, پروانه=parvaneh, پروین=parvin, پریسا=parisa, ترانه=taraneh, ثنا=sana, \
        حدیث=hadis, درسا=dorsa, رویا=roya, ریحانه=reyhaneh, زهرا=zahra, زینب=zeynab, ژاله=zhaleh, \
        سارا=sara, ساغر=saghar, سپیده=sepideh, ستاره=setareh, سحر=sahar, سمیرا=samira, سوگند=sogand, \
        شادی=shadi, شبنم=shabnam, شقایق=shaghayegh, شیرین=shirin, طاهره=tahereh, عسل=asal, فاطمه=fatemeh, \
        فرشته=fereshteh, فریبا=fariba, کیمیا=kimia, گلناز=golnaz, لاله=laleh, لیلا=leyla, مرجان=marjan, \
        مریم=maryam, مهسا=mahsa, مینا=mina, نازنین=nazanin, نرگس=narges, نسترن=nastaran, نگار=negar, \
        نیلوفر=niloufar, هانیه=hanieh, هستی=hasti, یاسمن=yasaman, یلدا=yalda",
    last: "آقایی=aghaei, ابراهیمی=ebrahimi, احمدی=ahmadi, اسدی=asadi, اکبری=akbari, امینی=amini, \
        ایزدی=izadi, باقری=bagheri, بهرامی=bahrami, پاکزاد=pakzad, پناهی=panahi, تهرانی=tehrani, \
        جعفری=jafari, جلالی=jalali, حسینی=hosseini, حیدری=heydari, خسروی=khosravi, داوری=davari, \
        دانشور=daneshvar, رحمانی=rahmani, رستمی=rostami, رضایی=rezaei, زارعی=zarei, زمانی=zamani, \
        سلطانی=soltani, سلیمانی=soleymani, شریفی=sharifi, شیرازی=shirazi, صادقی=sadeghi, صالحی=salehi, \
        طاهری=taheri, عباسی=abbasi, عزیزی=azizi, علی پور=alipour, فرهادی=farhadi, فلاحی=fallahi, \
        قاسمی=ghasemi, قربانی=ghorbani, کاظمی=kazemi, کریمی=karimi, کیانی=kiani, گودرزی=goudarzi, \
        محمدی=mohammadi, مرادی=moradi, موسوی=mousavi, میرزایی=mirzaei, نجفی=najafi, نظری=nazari, \
        نوری=nouri, هاشمی=hashemi, یزدانی=yazdani, یوسفی=yousefi",
    cities: "آبادان, آمل, اراک, اردبیل, ارومیه, اصفهان, اهواز, ایلام, بابل, بجنورد, بروجرد, بندرعباس, \
        بوشهر, بیرجند, تبریز, تهران, خرم آباد, خوی, دزفول, رشت, زاهدان, زنجان, ساری, ساوه, سبزوار, سمنان, \
        سنندج, سیرجان, شاهرود, شهرکرد, شیراز, قائم شهر, قزوین, قم, کاشان, کرج, کرمان, کرمانشاه, گرگان, \
        مراغه, مشهد, ملایر, نیشابور, همدان, یاسوج, یزد",
    states: "آذربایجان شرقی, آذربایجان غربی, اردبیل, اصفهان, البرز, ایلام, بوشهر, تهران, چهارمحال و \
        بختیاری, خراسان جنوبی, خراسان رضوی, خراسان شمالی, خوزستان, زنجان, سمنان, سیستان و بلوچستان, فارس, \
        قزوین, قم, کردستان, کرمان, کرمانشاه, کهگیلویه و بویراحمد, گلستان, گیلان, لرستان, مازندران, مرکزی, \
        هرمزگان, همدان, یزد",
    streets: "بلوار کشاورز, بلوار کاج, پانزده خرداد, خیابان انقلاب, خیابان آزادی, خیابان بهار, خیابان \
        پارک, خیابان حافظ, خیابان خیام, خیابان دانشگاه, خیابان سعدی, خیابان شریعتی, خیابان فردوسی, خیابان \
        فلسطین, خیابان کارگر, خیابان لاله زار, خیابان مطهری, خیابان مولوی, خیابان ولیعصر, کوچه باغ, کوچه \
        گلستان, کوی نصر, میدان امام, میدان تجریش, میدان شهرداری, میدان نقش جهان, میدان ونک",
    postcode: Postcode::Number(10000, 99999),
    phone: "0##-########",
    cell: "09##-###-####",
    id: Id::None,
};

/// Serbia: Latin letters with all their marks.
pub const RS: Nation = Nation {
    code: "RS",
    country: "Serbia",
    titles: Titles::English,
    male: "Aleksa, Aleksandar, Andrija, Aranđel, Blagoje, Bogdan, Bojan, Boško, Božidar, Branislav, \
        Čedomir, Dalibor, Danilo, Dejan, Dimitrije, Dobrica, Dragan, Dragoljub, Dušan, Đorđe, Đurađ, \
        Filip, Goran, Gvozden, Igor, Ilija, Ivan, Jovan, Konstantin, Kosta, Lazar, Luka, Ljubiša, Marko, \
        Matija, Mihailo, Milan, Miloš, Miodrag, Mladen, Momčilo, Nebojša, Nemanja, Nenad, Nikola, Novak, \
        Obrad, Ognjen, Pavle, Petar, Predrag, Radovan, Rajko, Ratko, Relja, Saša, Sava, Siniša, Slobodan, \
        Srđan, Stanko, Stefan, Tadija, Teodor, Uroš, Vasilije, Veljko, Vladimir, Vojislav, Vuk, Zdravko, \
        Zoran, Žarko, Željko, Živojin",
    female: "Anđela, Anka, Biljana, Bojana, Borka, Bosiljka, Branka, Cveta, Danica, Danijela, Desanka, \
        Divna, Dobrila, Dragana, Dragica, Dunja, Đurđa, Emilija, Gordana, Grozdana, Hristina, Ivana, \
        Jadranka, Jasna, Jelena, Jovana, Katarina, Kosara, Ksenija, Lena, Lidija, Ljiljana, Ljubica, Maja, \
        Marija, Mila, Milena, Milica, Mirjana, Nada, Nataša, Nevena, Olga, Olivera, Persida, Radmila, \
        Ružica, Sanja, Simonida, Slavica, Smilja, Snežana, Sofija, Sonja, Stanislava, Svetlana, Tamara, \
        Tatjana, Teodora, Una, Vesna, Vida, Violeta, Višnja, Zagorka, Zorica, Žaklina, Željana, Živka",
    last: "Aćimović, Anđelković, Antić, Arsić, Babić, Blagojević, Bogdanović, Božić, Cvetković, Ćirić, \
        Čolić, Dimitrijević, Dragić, Đokić, Đorđević, Đurić, Filipović, Gajić, Gavrilović, Grujić, Ilić, \
        Ivanović, Ivković, Janković, Jevtić, Jovanović, Kostić, Kovačević, Krstić, Lazarević, Lazić, \
        Lukić, Maksimović, Marković, Matić, Mihajlović, Milanović, Milenković, Milošević, Mitrović, \
        Mladenović, Nedeljković, Nešić, Nikolić, Obradović, Ostojić, Pantić, Pavlović, Perić, Petrović, \
        Popović, Radić, Radovanović, Rakić, Ristić, Savić, Simić, Spasić, Stanković, Stefanović, \
        Stojanović, Šarić, Tasić, Todorović, Tomić, Trifunović, Vasić, Veljković, Vidić, Vučković, Vujić, \
        Vuković, Zdravković, Zorić, Žikić, Živković",
    cities: "Ada, Aleksinac, Apatin, Aranđelovac, Bajina Bašta, Bela Crkva, Beograd, Bor, Čačak, Čajetina, \
        Ćuprija, Despotovac, Đerdap, Gornji Milanovac, Inđija, Jagodina, Kanjiža, Kikinda, Kladovo, \
        Knjaževac, Kragujevac, Kraljevo, Kruševac, Kula, Lazarevac, Leskovac, Loznica, Majdanpek, Mali \
        Zvornik, Negotin, Niš, Nova Varoš, Novi Pazar, Novi Sad, Pančevo, Paraćin, Petrovac na Mlavi, \
        Pirot, Požarevac, Požega, Prijepolje, Prokuplje, Raška, Ruma, Senta, Sjenica, Smederevo, \
        Sokobanja, Sombor, Sremska Mitrovica, Subotica, Šabac, Šid, Temerin, Topola, Trstenik, Užice, \
        Valjevo, Veliko Gradište, Vranje, Vršac, Zaječar, Zlatibor, Zrenjanin, Žabalj, Žagubica",
    states: "Beograd, Bor, Braničevo, Istočni Banat, Južna Bačka, Južni Banat, Jablanica, Kolubara, Mačva, \
        Moravica, Nišava, Pirot, Podunavlje, Pomoravlje, Pčinja, Raška, Rasina, Severna Bačka, Severni \
        Banat, Srednji Banat, Srem, Šumadija, Toplica, Zaječar, Zapadna Bačka, Zlatibor",
    streets: "Balkanska, Banatska, Borska, Bulevar oslobođenja, Cara Dušana, Cvijićeva, Dositejeva, \
        Dunavska, Đure Jakšića, Faruka Bajraktara, Gospodar Jevremova, Hajduk Veljka, Ive Andrića, \
        Jevrejska, Jovana Cvijića, Južni bulevar, Karađorđeva, Kneza Miloša, Knez Mihailova, Košutnjački \
        put, Kralja Petra, Lole Ribara, Makenzijeva, Moravska, Nemanjina, Njegoševa, Nušićeva, Obilićev \
        venac, Petra Kočića, Požeška, Resavska, Savska, Skadarska, Stražilovska, Svetog Save, Šumadijska, \
        Takovska, Terazije, Timočka, Trg republike, Ustanička, Višnjička, Vojvode Stepe, Vuka Karadžića, \
        Zmaj Jovina, Železnička, Živorada Kostića",
    postcode: Postcode::Number(10000, 99999),
    phone: "0##-####-###",
    cell: "06#-####-###",
    id: Id::Made("SID", "#########"),
};

/// Turkey: dotted and dotless i, and no id.
pub const TR: Nation = Nation {
    code: "TR",
    country: "Turkey",
    titles: Titles::English,
    male: "Abdullah, Ahmet, Ali, Alp, Altan, Aras, Arda, Atilla, Ayaz, Aydın, Barış, Berk, Bora, Burak, \
        Bülent, Can, Caner, Cem, Cemal, Cengiz, Coşkun, Çağan, Çağlar, Çetin, Deniz, Doğan, Doruk, Ekrem, \
        Emir, Emre, Engin, Eren, Erhan, Ertuğrul, Fatih, Ferit, Furkan, Görkem, Gökhan, Gürkan, Hakan, \
        Halil, Hasan, Hüseyin, Işık, İbrahim, İlhan, İlker, İsmail, Kaan, Kadir, Kemal, Kerem, Koray, \
        Levent, Mahmut, Mehmet, Mert, Murat, Mustafa, Nedim, Oğuz, Okan, Onur, Orhan, Ömer, Özgür, Rıza, \
        Sarp, Selim, Serkan, Sinan, Şahin, Şevket, Taner, Tarık, Tolga, Tuğrul, Ufuk, Umut, Ümit, Volkan, \
        Yağız, Yiğit, Yusuf, Zafer",
    female: "Aleyna, Arzu, Aslı, Asya, Aylin, Ayşe, Azra, Bahar, Başak, Belgin, Beril, Buse, Büşra, Canan, \
        Cansu, Ceyda, Çağla, Çiğdem, Damla, Defne, Derya, Dilek, Duru, Ebru, Ece, Eda, Ela, Elif, Emine, \
        Esra, Eylül, Fatma, Feride, Filiz, Gamze, Gizem, Gonca, Gül, Gülay, Güneş, Hatice, Havva, Hazal, \
        Hülya, Irmak, İnci, İpek, İrem, Jale, Kader, Kübra, Lale, Leyla, Melek, Meltem, Meryem, Mine, \
        Müge, Nazlı, Nermin, Nesrin, Nilüfer, Nur, Öykü, Özge, Özlem, Pelin, Pınar, Rana, Reyhan, Seda, \
        Selin, Sevgi, Sevim, Sıla, Sibel, Su, Şeyma, Şirin, Tuba, Tülay, Ülkü, Yasemin, Yeşim, Yıldız, \
        Zehra, Zeynep, Zümra",
    last: "Acar, Akgül, Aksoy, Aktaş, Aslan, Ateş, Avcı, Aydın, Balcı, Başaran, Bayrak, Bilgin, Bozkurt, \
        Bulut, Can, Çakır, Çelik, Çetin, Çiftçi, Coşkun, Demir, Demirci, Doğan, Durmaz, Erdem, Erdoğan, \
        Ergin, Ertürk, Gök, Güler, Gündüz, Güneş, Işık, Kaplan, Kara, Karabulut, Karaca, Karataş, Kaya, \
        Keskin, Kılıç, Koç, Korkmaz, Köse, Kurt, Öz, Özcan, Özdemir, Özgür, Özkan, Öztürk, Polat, Sağlam, \
        Şahin, Sarı, Şen, Şimşek, Soylu, Taş, Tekin, Toprak, Turan, Ünal, Uysal, Uzun, Yalçın, Yavuz, \
        Yazıcı, Yıldırım, Yıldız, Yılmaz, Yüksel, Zengin",
    cities: "Adana, Adıyaman, Afyonkarahisar, Ağrı, Aksaray, Amasya, Ankara, Antalya, Artvin, Aydın, \
        Balıkesir, Bartın, Bayburt, Bilecik, Bingöl, Bolu, Burdur, Bursa, Çanakkale, Çankırı, Çorum, \
        Denizli, Diyarbakır, Düzce, Edirne, Elazığ, Erzincan, Erzurum, Eskişehir, Gaziantep, Giresun, \
        Hatay, Iğdır, Isparta, İstanbul, İzmir, Kahramanmaraş, Karabük, Kars, Kastamonu, Kayseri, \
        Kırıkkale, Kırşehir, Kocaeli, Konya, Kütahya, Malatya, Manisa, Mardin, Mersin, Muğla, Muş, \
        Nevşehir, Niğde, Ordu, Rize, Sakarya, Samsun, Siirt, Sinop, Sivas, Şanlıurfa, Tekirdağ, Tokat, \
        Trabzon, Uşak, Van, Yalova, Yozgat, Zonguldak",
    states: "Adana, Ağrı, Ankara, Antalya, Aydın, Balıkesir, Bilecik, Bolu, Bursa, Çanakkale, Çorum, \
        Denizli, Diyarbakır, Edirne, Elazığ, Erzurum, Eskişehir, Gaziantep, Giresun, Hatay, Iğdır, \
        Isparta, İstanbul, İzmir, Kahramanmaraş, Kars, Kastamonu, Kayseri, Kırklareli, Kocaeli, Konya, \
        Kütahya, Malatya, Manisa, Mardin, Mersin, Muğla, Nevşehir, Niğde, Ordu, Rize, Sakarya, Samsun, \
        Sinop, Sivas, Şanlıurfa, Şırnak, Tekirdağ, Tokat, Trabzon, Uşak, Van, Yalova, Yozgat, Zonguldak",
    streets: "Abanoz Sk, Atatürk Cd, Bağdat Cd, Bahariye Cd, Barbaros Blv, Cumhuriyet Cd, Çınar Sk, Çiçek \
        Sk, Dere Sk, Fevzi Çakmak Cd, Gazi Cd, Gül Sk, Hürriyet Blv, Ihlamur Sk, İnönü Cd, İstasyon Cd, \
        İstiklal Cd, Kıbrıs Cd, Kordon Boyu, Lale Sk, Maçka Cd, Menekşe Sk, Mevlana Cd, Mimar Sinan Cd, \
        Okul Sk, Sahil Yolu, Şehitler Cd, Tunalı Hilmi Cd, Türkmenistan Cd, Yıldız Sk, Zafer Cd, Ziya \
        Gökalp Blv",
    postcode: Postcode::Number(10000, 99999),
    phone: "(###)-###-####",
    cell: "(###)-###-####",
    id: Id::None,
};

/// Ukraine: Cyrillic, a letter in every telephone number, and no id.
pub const UA: Nation = Nation {
    code: "UA",
    country: "Ukraine",
    titles: Titles::English,
    male: "Андрій=andriy, Анатолій=anatoliy, Антон=anton, Артем=artem, Арсен=arsen, Богдан=bohdan, \
        Борис=borys, Вадим=vadym, Валентин=valentyn, Василь=vasyl, Віктор=viktor, Віталій=vitaliy, \
        Владислав=vladyslav, Володимир=volodymyr, Всеволод=vsevolod, В'ячеслав=vyacheslav, Гліб=hlib, \
        Григорій=hryhoriy, Данило=danylo, Дем'ян=demyan, Дмитро=dmytro, Едуард=eduard, Євген=yevhen, \
        Захар=zakhar, Зіновій=zinoviy, Іван=ivan, Ігор=ihor, Ілля=illya, Йосип=yosyp, Кирило=kyrylo, \
        Костянтин=kostyantyn, Леонід=leonid, Лука=luka, Любомир=lyubomyr, Максим=maksym, Марко=marko, \
        Матвій=matviy, Микита=mykyta, Микола=mykola, Михайло=mykhaylo, Назар=nazar, Олег=oleh, \
        Олександр=oleksandr, Олексій=oleksiy, Орест=orest, Остап=ostap, Павло=pavlo, Петро=petro, \
        Роман=roman, Ростислав=rostyslav, Святослав=svyatoslav, Семен=semen, Сергій=serhiy, \
        Станіслав=stanislav, Степан=stepan, Тарас=taras, Тимофій=tymofiy, Устим=ustym, Федір=fedir, \
        Юрій=yuriy, Ярема=yarema, Ярослав=yaroslav",
    female: "Аліна=alina, Алла=alla, Анастасія=anastasiya, Ангеліна=anhelina, Анна=anna, Богдана=bohdana, \
        Валентина=valentyna, Валерія=valeriya, Варвара=varvara, Віра=vira, Вікторія=viktoriya, \
        Галина=halyna, Ганна=hanna, Дарина=daryna, Діана=diana, Євгенія=yevheniya, Єва=yeva, \
        Єлизавета=yelyzaveta, Жанна=zhanna, Зоряна=zoryana, Зінаїда=zinayida, Злата=zlata, Іванна=ivanna, \
        Інна=inna, Ірина=iryna, Калина=kalyna, Карина=karyna, Катерина=kateryna, Каміла=kamila, \
        Ксенія=kseniya, Лариса=larysa, Леся=lesya, Лідія=lidiya, Лілія=liliya, Любов=lyubov, \
        Людмила=lyudmyla, Маргарита=marharyta, Марина=maryna, Марія=mariya, Марта=marta, \
        Мирослава=myroslava, Надія=nadiya, Наталія=nataliya, Ніна=nina, Оксана=oksana, Олена=olena, \
        Олеся=olesya, Ольга=olha, Орися=orysya, Поліна=polina, Руслана=ruslana, Світлана=svitlana, \
        Соломія=solomiya, Софія=sofiya, Стефанія=stefaniya, Таїсія=tayisiya, Тамара=tamara, \
        Тетяна=tetyana, Уляна=ulyana, Христина=khrystyna, Юлія=yuliya, Яна=yana, Ярина=yaryna, \
        Ярослава=yaroslava",
    last: "Андрущенко=andrushchenko, Бабенко=babenko, Бойко=boyko, Бондар=bondar, Бондаренко=bondarenko, \
        Василенко=vasylenko, Вовк=vovk, Гаврилюк=havrylyuk, Гончар=honchar, Гончаренко=honcharenko, \
        Гриценко=hrytsenko, Данилюк=danylyuk, Дем'яненко=demyanenko, Дорошенко=doroshenko, Жук=zhuk, \
        Зайченко=zaychenko, Захарчук=zakharchuk, Іваненко=ivanenko, Іващенко=ivashchenko, \
        Карпенко=karpenko, Клименко=klymenko, Коваленко=kovalenko, Коваль=koval, Ковальчук=kovalchuk, \
        Козак=kozak, Кравець=kravets, Кравченко=kravchenko, Кравчук=kravchuk, Кузьменко=kuzmenko, \
        Левченко=levchenko, Лисенко=lysenko, Литвин=lytvyn, Литвиненко=lytvynenko, Лук'яненко=lukyanenko, \
        Марченко=marchenko, Мельник=melnyk, Мельниченко=melnychenko, Мороз=moroz, Назаренко=nazarenko, \
        Олійник=oliynyk, Онищенко=onyshchenko, Павленко=pavlenko, Панченко=panchenko, Петренко=petrenko, \
        Пилипенко=pylypenko, Поліщук=polishchuk, Пономаренко=ponomarenko, Прокопенко=prokopenko, \
        Романюк=romanyuk, Руденко=rudenko, Савченко=savchenko, Семенюк=semenyuk, Сидоренко=sydorenko, \
        Ткач=tkach, Ткаченко=tkachenko, Федоренко=fedorenko, Харченко=kharchenko, Хоменко=khomenko, \
        Черненко=chernenko, Шаповал=shapoval, Шевченко=shevchenko, Шевчук=shevchuk, Щербак=shcherbak, \
        Юрченко=yurchenko, Яковенко=yakovenko, Яременко=yaremenko, Ярошенко=yaroshenko, Яцина=yatsyna",
    cities: "Алчевськ, Бердичів, Бердянськ, Біла Церква, Богодухів, Бориспіль, Бровари, Буча, Васильків, \
        Вінниця, Вознесенськ, Глухів, Горішні Плавні, Дніпро, Дрогобич, Дубно, Жашків, Жмеринка, Житомир, \
        Запоріжжя, Збараж, Золотоноша, Івано-Франківськ, Ізмаїл, Ізюм, Ірпінь, Калуш, \
        Кам'янець-Подільський, Канів, Київ, Ковель, Коломия, Конотоп, Кременчук, Кривий Ріг, \
        Кропивницький, Лубни, Луцьк, Львів, Маріуполь, Миколаїв, Миргород, Мукачево, Ніжин, Нікополь, \
        Одеса, Острог, Павлоград, Полтава, Прилуки, Рівне, Ромни, Самбір, Сміла, Стрий, Суми, Тернопіль, \
        Трускавець, Тульчин, Ужгород, Умань, Фастів, Харків, Херсон, Хмельницький, Хотин, Черкаси, \
        Чернівці, Чернігів, Чигирин, Шостка, Яремче",
    states: "Вінницька, Волинська, Дніпропетровська, Донецька, Житомирська, Закарпатська, Запорізька, \
        Івано-Франківська, Київська, Кіровоградська, Луганська, Львівська, Миколаївська, Одеська, \
        Полтавська, Рівненська, Сумська, Тернопільська, Харківська, Херсонська, Хмельницька, Черкаська, \
        Чернівецька, Чернігівська",
    streets: "Андріївський узвіз, Бульвар Шевченка, Велика Васильківська, Виноградна, Вишнева, \
        Володимирська, Гетьмана Мазепи, Городоцька, Грушевського, Дерибасівська, Набережна, Жовтнева, \
        Залізнична, Зелена, Івана Франка, Каштанова, Козацька, Личаківська, Лугова, Лесі Українки, \
        Михайлівська, Молодіжна, Незалежності, Озерна, Партизанська, Петра Сагайдачного, Польова, Проспект \
        Миру, Прорізна, Провулок Тихий, Пушкінська, Садова, Соборна, Сонячна, Софіївська, Стрийська, \
        Студентська, Торгова, Українська, Хрещатик, Центральна, Шовкова, Шкільна, Ярославів Вал",
    postcode: Postcode::Number(10000, 99999),
    phone: "(066) ^##-####|(067) ^##-####|(068) ^##-####|(096) ^##-####|(097) ^##-####|(098) ^##-####|(099) ^##-####",
    cell: "(066) ^##-####|(067) ^##-####|(068) ^##-####|(096) ^##-####|(097) ^##-####|(098) ^##-####|(099) ^##-####",
    id: Id::None,
};
