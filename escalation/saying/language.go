package saying

import "strings"

// languages are what teams say that do not write English, with the same in English.
var languages = map[string]string{
	"English": `don't remind=snooze, don't ping=snooze, don't bother=snooze`,
	"German": `std=h, stunde=hour, stunden=hours, minute=minute, minuten=minutes, tag=day, tage=days, tagen=days, woche=week, wochen=weeks,
		ein=a, eine=a, einen=a, einer=a, einem=a, zwei=two, drei=three, vier=four, fünf=five, sechs=six, sieben=seven, acht=eight, neun=nine, zehn=ten, elf=eleven,
		zwölf=twelve, fünfzehn=15, zwanzig=20, fünfundzwanzig=25, dreißig=30, dreissig=30, vierzig=40, fünfundvierzig=45, fünfzig=50, sechzig=60, neunzig=90,
		halbe=half, halben=half, anderthalb=one and a half, eineinhalb=one and a half, zweieinhalb=two and a half, viertelstunde=quarter hour, dreiviertelstunde=three quarters of an hour,
		eine dreiviertelstunde=three quarters of an hour, ein paar=a few, viertel vor=quarter to, viertel nach=quarter past,
		bis=until, bis zum=until, bis zur=until, bis nach=until after, heute=today, heute nachmittag=this afternoon, heute abend=tonight, morgen=tomorrow,
		übermorgen=day after tomorrow, morgen früh=tomorrow morning, morgen vormittag=tomorrow morning, morgen mittag=tomorrow noon, morgen nachmittag=tomorrow afternoon, mittag=noon, mitternacht=midnight, feierabend=end of day,
		nach dem mittag=after lunch, nach dem mittagessen=after lunch, nach der mittagspause=after lunch, dem mittag=lunch, dem mittagessen=lunch, der mittagspause=lunch,
		montag=monday, dienstag=tuesday, mittwoch=wednesday, donnerstag=thursday, freitag=friday, samstag=saturday, sonntag=sunday, nächste woche=next week,
		noch=another, noch eine=another, noch mal=another, nochmal=another, für=for, um=at, warte=wait, warten=wait, gib mir=give me, gib uns=give us, bitte=please, danke=thanks,
		und=and, länger=longer, mehr=more, hilfe=help, stopp=stop, fertig=done, erledigt=done, beantwortet=answered, geschlossen=closed, abbrechen=cancel`,
	"French": `heure=hour, heures=hours, jour=day, jours=days, semaine=week, semaines=weeks, un=a, une=a, deux=two, trois=three, quatre=four, cinq=five,
		sept=seven, huit=eight, neuf=nine, dix=ten, onze=eleven, douze=twelve, quinze=15, vingt=20, trente=30, quarante=40, cinquante=50, soixante=60, demi=half, et demie=and a half,
		un quart d'heure=a quarter hour, quelques=a few, jusqu'à=until, jusqu'au=until, à=at, demain=tomorrow,
		après demain=day after tomorrow, demain matin=tomorrow morning, demain après midi=tomorrow afternoon, midi=noon, minuit=midnight, ce soir=tonight, cet après midi=this afternoon, lundi=monday, mardi=tuesday, mercredi=wednesday,
		jeudi=thursday, vendredi=friday, samedi=saturday, dimanche=sunday, encore=another, encore une=another, pendant=for, pour=for, dans=in, attends=wait, attendre=wait, attendez=wait,
		s'il te plaît=please, s'il vous plaît=please, stp=please, svp=please, merci=thanks, aide=help, de plus=more`,
	"Spanish": `hora=hour, horas=hours, minuto=minute, minutos=minutes, día=day, días=days, semana=week, semanas=weeks, una=a, dos=two, tres=three, cuatro=four, cinco=five,
		seis=six, siete=seven, ocho=eight, nueve=nine, diez=ten, quince=15, veinte=20, treinta=30, cuarenta=40, cuarenta y cinco=45, sesenta=60, noventa=90, media=half, y media=and a half,
		un par de=a couple of, unos=a few, unas=a few, hasta=until, hasta las=until, hasta la=until, hasta el=until, a las=at, a la=at, mañana=tomorrow, manana=tomorrow, pasado mañana=day after tomorrow, mañana por la mañana=tomorrow morning,
		mañana por la tarde=tomorrow afternoon, mediodía=noon, medianoche=midnight, esta tarde=this afternoon, esta noche=tonight, lunes=monday, martes=tuesday, miércoles=wednesday, jueves=thursday,
		viernes=friday, sábado=saturday, domingo=sunday, otra=another, otros=another, otras=another, durante=for, por=for, en=in, espera=wait, esperar=wait, por favor=please, gracias=thanks, ayuda=help, más=more`,
	"Portuguese": `dia=day, dias=days, uma=a, um minuto=a minute, um dia=a day, duas=two, dois=two, três=three, quatro=four, sete=seven, oito=eight, nove=nine, dez=ten, vinte=20, trinta=30, quarenta=40,
		quarenta e cinco=45, sessenta=60, meia=half, meia hora=half hour, e meia=and a half, até=until, até as=until, até às=until, até à=until, às=at, amanhã=tomorrow, amanha=tomorrow,
		depois de amanhã=day after tomorrow, amanhã de manhã=tomorrow morning, amanhã à tarde=tomorrow afternoon, meio dia=noon, meia noite=midnight, hoje=today, segunda feira=monday, terça feira=tuesday, quarta feira=wednesday,
		quinta feira=thursday, sexta feira=friday, mais=another, mais uma=another, em=in, aguarde=wait, aguardar=wait, obrigado=thanks, obrigada=thanks, ajuda=help`,
}

// translation is a phrase of another language and the same in English.
type translation struct{ from, to []string }

// translations are the languages' phrases by their first word.
var translations = func() map[string][]translation {
	all := map[string][]translation{}
	for _, phrases := range languages {
		for pair := range strings.SplitSeq(phrases, ",") {
			from, to, _ := strings.Cut(strings.TrimSpace(pair), "=")
			t := translation{strings.Fields(from), strings.Fields(to)}
			all[t.from[0]] = append(all[t.from[0]], t)
		}
	}
	return all
}()

// english says in English what is said in one of the languages. The longest phrase counts.
func english(words []string) []string {
	var said []string
	for len(words) > 0 {
		var best translation
		for _, t := range translations[words[0]] {
			if len(t.from) > len(best.from) && skip(words, t.from...) != nil {
				best = t
			}
		}
		if best.from == nil {
			best = translation{words[:1], words[:1]}
		}
		said, words = append(said, best.to...), words[len(best.from):]
	}
	return said
}
