/** The passwords that are tried first, of those that have eight characters, a letter and a digit. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
    00000000a 11111111a 123456789a 12345678a 1234567a 123456aa 123456abc 12345abc 12345abcd 12345qwert 1234abcd
    1234password 1234qwer 123abc123 123password 123qwe123 12password 1a2b3c4d 1password 1q2w3e4r 1q2w3e4r5t
    1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1z2x3c4v a11111111 a1234567 a12345678 a123456789 a1b2c3d4 aa123456 aaaa1111
    aaaaaaa1 abc12345 abc123456 abc123abc abcd1234 abcde123 abcdefg1 abcdefg123 abcdefgh1 access14 admin123
    admin1234 admin2024 admin2025 administrator1 alhamdulillah1 andrew123 android1 anjing123 anthony1 arsenal1
    asd12345 asd123asd asdasd123 asdf1234 asdfghjkl1 ashley123 autumn123 azerty123 azertyuiop1 bandung1 bandung123
    barcelona1 baseball1 batman123 bismillah1 bismillah123 changeme1 changeme123 charlie1 chelsea1 cinta123
    cintaku1 computer1 cookie123 corvette1 counterstrike16 daniel123 default1 doraemon1 dragon123 facebook1
    football1 fortnite1 freedom1 garuda123 ginger123 google123 guest1234 harley123 hello123 hello1234 hunter123
    iloveyou1 iloveyou123 iloveyou2 indonesia1 indonesia123 indonesia45 internet1 iphone123 jakarta1 jakarta123
    jennifer1 jessica1 jordan23 kampret1 killer123 kucing123 letmein1 letmein123 liverpool1 lkjhgfdsa1 login123
    manutd123 marseille13 master123 matthew1 merdeka17 merdeka45 michael1 michelle1 minecraft1 minecraft123
    mnbvcxz1 monkey123 mustang1 naruto123 nicole123 nintendo64 onepiece1 p@ssw0rd p@ssword1 pa55word passw0rd
    passw0rd1 password01 password1 password12 password123 password1234 password2 password2024 password2025
    password2026 password3 pepper123 persib1933 persija1928 playstation3 poiuytrewq1 pokemon1 princess1 q1w2e3r4
    q1w2e3r4t5 qazwsx123 qazwsxedc1 qwe123qwe qweasd123 qweasdzxc1 qwer1234 qwerty12 qwerty123 qwerty1234
    qwerty12345 qwerty2024 qwertyuiop1 rahasia1 rahasia123 realmadrid1 roblox123 samsung1 samsung123 sayang123
    sayangku1 secret123 semangat1 shadow123 spring123 spring2024 starwars1 sukses123 summer123 summer2024
    summer2025 sunshine1 superman1 test1234 test12345 testing1 testing123 trustno1 user1234 welcome1 welcome12
    welcome123 welcome2024 welcome2025 whatever1 william1 winter123 winter2024 winter2025 xbox360live zaq12wsx
    zxc123zxc zxcvbnm1 zxcvbnm123
  `
    .trim()
    .split(/\s+/),
)
