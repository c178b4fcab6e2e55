package title

// sense is what a word or phrase of a title means.
type sense int

const (
	unknown   sense = iota // a word that says nothing to us
	name                   // engineers, see token.people
	product                // a product's name that is also a word for absence
	filler                 // times, articles, auxiliaries: changes nothing
	absent                 // somebody is away
	off                    // the same, but only right after a name, or where a part of the title begins with it
	leave                  // as off, and not where an unknown word follows: "leave early", "baja de cliente"
	holiday                // away, unless a duty is named: people are on duty over holidays
	public                 // a holiday of everybody
	duty                   // somebody is on
	present                // the same right after a name and at the end of a part of the title: "Ana on, Ben off"
	birthday               // neither on nor away
	topic                  // after a word for absence: what it is about ("vacation planning")
	around                 // before a word for absence: it is not now ("back from vacation")
	not                    // before a word for absence: it is none; before a name: that one is off
	because                // another part of the title begins, which says why
	covers                 // A covers B
	takes                  // A takes B's shift; without a B it means nothing
	cover                  // cover: A; cover for B; A cover B
	deputy                 // deputy: A
	backup                 // backup: A, who is on or to be asked beside the others
	coveredBy              // B covered by A
	insteadOf              // A instead of B
	was                    // the same in parentheses: "Ben (was Ana)"
	behalf                 // A for B
	of                     // between a noun and a name
	by                     // replace B with A
	swap                   // before B by A
	chain                  // the title's arrows are an order, not a swap
	mention                // the names that follow are of people who only had to do with it
	until                  // the same; without a name it says when
	except                 // before a name: everybody but that one; before a word for absence: it is not now
	leftOut                // the same, and after a name
	nobody                 // before except: only that one
	and                    // between names that belong together
)

// vocabulary is what titles are understood by, a row for each language and sense. A word counts in any
// case and without its accents. "(s)" is an ending that may be there, "*urlaub" any longer word that
// ends so, "=AL" counts only as written here. The longest phrase counts: "not working" before "working".
var vocabulary = []struct {
	language string
	sense    sense
	phrases  string
}{
	{"English", absent, "OOO, O O O, OOTO, OOF, out of office, out of the office, out of town, out sick, out ill, off sick, off work, off duty, off shift, " +
		"off on call, PTO, VTO, FTO, TOIL, RDO, LOA, NWD, =A L, paid time off, time off, day(s) off, morning off, afternoon off, week off, birthday off, " +
		"annual leave, on leave, sick leave, parental leave, maternity, maternity leave, paternity, paternity leave, mat leave, pat leave, family leave, medical leave, " +
		"adoption leave, bereavement, bereavement leave, compassionate leave, carer(s) leave, study leave, unpaid leave, personal leave, birthday leave, special leave, " +
		"leave of absence, garden leave, gardening leave, leave day(s), vacation(s), vacay, vacationing, hols, annual holiday(s), staycation, honeymoon, sabbatical, " +
		"furlough(ed), lieu day, day in lieu, time in lieu, comp day, comp time, flex day, rostered day off, sick, sickness, sick day(s), ill, illness, unwell, " +
		"sick kid(s), sick child, absent, absence(s), unavailable, not available, not working, non working day, not in, not be in, not in today, not here, no shift, " +
		"not on shift, no on call, not on call, not on duty, mental health day, wellness day, personal day(s), duvet day, not feeling well, childcare, jury duty, jury service, funeral, surgery, hospital, " +
		"off the rota, stood down, dayoff, timeoff, sickleave, P T O, civic duty, volunteer day, volunteering day, wellbeing day, recharge day, moving house, house move, " +
		"self isolating, isolating, quarantine, on strike"},
	{"English", off, "off, out, away, gone, AFK, offline, flu, migraine, covid, food poisoning, unavail, not avail, =N A"},
	{"English", leave, "leave, conference(s), =AL"},
	{"English", holiday, "holiday(s), school holiday(s), school vacation(s), winter break, summer break, christmas break, " +
		"business trip(s), work trip(s), travel day(s), travelling, traveling, " +
		"dentist, doctor, doctor s, doctors, =GP, doctor appointment, doctor s appointment, doctors appointment, dentist appointment, medical appointment, hospital appointment, dr appt, dr appointment, doctor appt, dentist appt"},
	{"English", public, "bank hol(s), bank holiday(s), public holiday(s), national holiday(s), federal holiday(s), company holiday(s), office closed"},
	{"English", duty, "on call, oncall, on duty, on shift, onshift, shift(s), duty, duties, rota, rotation, roster, standby, stand by, support, pager, primary, secondary, " +
		"triage, hotline, helpdesk, help desk, desk, watch, working, works, available, in charge, out of hours, OOH, after hours, off hours, off peak, queue, incident commander"},
	{"English", present, "on, in"},
	{"English", birthday, "birthday(s), bday, b day, birthday party, anniversary, work anniversary"},
	{"English", topic, "planning, plan(s), planner, party, policy, policies, season, schedule, calendar, request(s), approval(s), hours, special(s), sale(s), period, freeze, traffic, " +
		"rush, peak, pay, bonus, review, meeting, sync, call, tracker, webinar, campaign, launch, release, deploy, deployment, project, app, page, api, feature, team, ticket(s), " +
		"booking(s), rental(s), customer(s), autoresponder, auto reply, note, letter, form, report, list, backlog, training, workshop, retro, lunch, dinner, drinks, gift(s), card(s), " +
		"greetings, pricing, promo, discussion, process, tool, dashboard, balance, allowance, entitlement, mode"},
	{"English", around, "during, over, through, throughout, before, after, back from, back after, return from, returns from, returning from, pre, post, despite, " +
		"book, approve, discuss, submit"},
	{"English", because, "because, because of, due to, while, since, as long as"},
	{"English", not, "not, no, isn t, isnt, aren t"},
	{"English", covers, "covers, covering, covered, fill(s) in, filling in, filled in, stand(s) in for, standing in, step(s) in, stepping in, sub(s) for, subbing, substitutes, substituting, " +
		"replaces, replacing, replaced, take(s) over, taking over, took over, take(s) over from, taking over from, took over from, relieves, relieving, deputises, deputizes"},
	{"English", takes, "takes, taking, took, has, got"},
	{"English", cover, "cover, coverage"},
	{"English", deputy, "stand in, standin, substitute, replacement, deputy"},
	{"English", backup, "backup, back up, contact, please contact, ask, please ask, ping, reach, reach out to, talk to"},
	{"English", coveredBy, "covered by, cover by, replaced by, replaced with, taken by, taken over by, handed to, handed over to, reassigned to, given to, gave shift to, gave his shift to, gave her shift to, gave their shift to"},
	{"English", insteadOf, "instead of, in place of, in lieu of, rather than, on behalf of, formerly, previously, originally, prev, took from, taken from, taken over from"},
	{"English", was, "was"},
	{"English", behalf, "for"},
	{"English", of, "of"},
	{"English", by, "by, with"},
	{"English", swap, "swap(s), swapped, swapping, switch, trade, exchange, replace"},
	{"English", chain, "escalation, escalate, order, chain, handover, hand over, handoff, hand off"},
	{"English", mention, "approved by, requested by, booked by, added by, created by, cc, fyi"},
	{"English", except, "except, except for, excepting, excluding, excl, all but, everyone but, everybody but, anyone but, anybody but, team but, without, w o, minus, barring, apart from, aside from, other than, with the exception of, not including"},
	{"English", leftOut, "excepted, excluded, exempt, not included"},
	{"English", nobody, "nobody, no one, noone, none, nobody but, no one but, none but"},
	{"English", until, "until, till, til"},
	{"English", and, "and"},
	{"English", filler, "leave early, leave late, leave at, the, a, an, is, are, s, will, be, to, at, from, thru, this, next, last, all, whole, full, half, day(s), week(s), weekend(s), " +
		"month, morning, afternoon, evening, night(s), today, tomorrow, tonight, early, late, again, still, only, just, also, too, then, as, have, his, her, their, my, " +
		"both, back, year, hour(s), h, min, am, pm, utc, gmt, cet, cest, st, nd, rd, th, mon, tue, tues, wed, thu, thur, thurs, fri, sat, sun, monday(s), tuesday(s), wednesday(s), " +
		"thursday(s), friday(s), saturday(s), sunday(s), jan, feb, mar, apr, may, jun, jul, aug, sep, sept, oct, nov, dec, january, february, march, april, june, july, august, " +
		"september, october, november, december, christmas, easter, xmas, summer, winter, spring, new, happy, level, tier, l1, l2, l3"},

	{"German", absent, "Urlaub, Urlaube, *urlaub, Urlaubstag(e), beurlaubt, krank, erkrankt, krankgeschrieben, krank geschrieben, krankgemeldet, krank gemeldet, Krankmeldung, Krankheit, " +
		"krankheitsbedingt, Kind krank, kindkrank, kinderkrank, Kinderkrankentag(e), =AU, arbeitsunfähig, Elternzeit, Mutterschutz, Mutterschaft, Pflegezeit, abwesend, " +
		"Abwesenheit(en), außer Haus, nicht da, nicht im Büro, nicht im Haus, nicht verfügbar, nicht erreichbar, frei genommen, freigenommen, hat frei, freier Tag, freie Tage, Tag frei, " +
		"Freizeitausgleich, FZA, Überstundenabbau, Ueberstundenabbau, Überstundenfrei, Gleittag, Gleitzeittag, Ausgleich, *ausgleich, Ausgleichstag, Ferien, Betriebsferien, " +
		"Sabbatjahr, Reha, freigestellt, Freistellung, dienstfrei, kein Dienst, keine Bereitschaft, keine Schicht, nicht im Dienst, verhindert, fehlt, fehlen, Kur, Beerdigung, Hochzeit, Kinderbetreuung, arbeitet nicht, kommt nicht, " +
		"verreist, Auszeit, arbeitsfrei, Gleitzeit"},
	{"German", leave, "frei, weg"},
	{"German", holiday, "Dienstreise(n), Geschäftsreise(n), Fortbildung(en), Weiterbildung(en), Lehrgang, Schulferien, Sommerferien, Herbstferien, Winterferien, Weihnachtsferien, Osterferien, Pfingstferien, Brückentag(e), Arzt, Arzttermin, beim Arzt, Zahnarzt, " +
		"Zahnarzttermin, beim Zahnarzt, Kinderarzt"},
	{"German", public, "Feiertag(e), gesetzlicher Feiertag"},
	{"German", duty, "Dienst, *dienst, Bereitschaft, *bereitschaft, Schicht(en), *schicht, im Einsatz, Erreichbarkeit, arbeitet"},
	{"German", birthday, "Geburtstag(e), *geburtstag, Jubiläum"},
	{"German", topic, "Planung, Antrag, Anträge, Regelung, Sperre"},
	{"German", around, "während, über, vor, nach, zurück aus, zurück vom"},
	{"German", because, "wegen, weil, solange, aufgrund"},
	{"German", not, "nicht, kein, keine"},
	{"German", covers, "vertritt, vertrete, vertreten, springt, übernimmt, uebernimmt, ersetzt"},
	{"German", deputy, "Vertretung, *vertretung, Vertreter(in), Stellvertreter(in), Ersatz, Aushilfe"},
	{"German", backup, "Ansprechpartner(in), bei Fragen"},
	{"German", coveredBy, "vertreten durch, vertreten von, Vertretung durch, ersetzt durch, übernommen von, übernommen durch, es vertritt, ihn vertritt, es übernimmt"},
	{"German", insteadOf, "statt, anstatt, anstelle, anstelle von, in Vertretung, in Vertretung von, in Vertretung für, i V, i V für"},
	{"German", behalf, "für, fuer"},
	{"German", of, "von"},
	{"German", by, "gegen, durch"},
	{"German", swap, "Tausch, tausche, Schichttausch"},
	{"German", chain, "Übergabe, Uebergabe, Eskalation"},
	{"German", mention, "genehmigt von, eingetragen von"},
	{"German", except, "außer, ohne, abzüglich, exklusive, exkl, bis auf, mit Ausnahme von"},
	{"German", leftOut, "ausgenommen, ausgeschlossen, nicht dabei"},
	{"German", nobody, "niemand, keiner"},
	{"German", until, "bis"},
	{"German", and, "und"},
	{"German", filler, "der, die, das, den, dem, im, am, ist, sind, hat, ab, zum, zur, vom, heute, morgen, ganz, ganzer, ganztägig, halber, halbtags, Tag(e), Woche(n), Wochenende, " +
		"Vormittag(s), Nachmittag(s), früh, spät, Nacht, ein, noch, wieder, nur, auch, wird, Uhr, KW, mo, di, mi, do, fr, sa, so, Montag, Dienstag, Mittwoch, Donnerstag, " +
		"Freitag, Samstag, Sonntag, Januar, Februar, März, Mai, Juni, Juli, Oktober, Dezember, Weihnachten, Ostern"},

	{"French", absent, "garde d enfant(s), congé(s), en congé(s), congé(s) payé(s), congé maternité, congé paternité, congé parental, congé maladie, congé sans solde, vacances, RTT, arrêt maladie, en arrêt, " +
		"arrêt de travail, malade(s), maladie, enfant malade, absente(s), absents, repos, jour de repos, récup, récupération, jour off, jour libre, pas là, pas dispo, " +
		"pas disponible, indisponible, hors bureau, hors du bureau, maternité, paternité, pas d astreinte, ne travaille pas, ne vient pas"},
	{"French", leave, "=CP"},
	{"French", holiday, "en déplacement, en formation, pont, vacances scolaires, médecin, dentiste, rdv médical, rdv médecin, hôpital"},
	{"French", public, "férié(s), jour(s) férié(s)"},
	{"French", duty, "astreinte(s), permanence, garde, service, en poste, travaille"},
	{"French", birthday, "anniversaire"},
	{"French", around, "pendant, durant, avant, après, retour, demande, solde"},
	{"French", because, "car, parce que, pour cause de, en raison de"},
	{"French", not, "pas"},
	{"French", covers, "remplace, couvre, relève, supplée, prend le relais, prend la place"},
	{"French", deputy, "remplaçant(e), remplacement, suppléant(e), intérim"},
	{"French", backup, "contacter"},
	{"French", coveredBy, "remplacé par, remplacée par, couvert par, couverte par, repris par"},
	{"French", insteadOf, "au lieu, à la place, en remplacement"},
	{"French", behalf, "pour"},
	{"French", of, "de, d, du, des"},
	{"French", by, "par"},
	{"French", except, "sauf, hormis, hors, sans, à part, à l'exception de, à l'exception d"},
	{"French", leftOut, "excepté, exceptée, exclu, exclue"},
	{"French", nobody, "personne, aucun"},
	{"French", swap, "échange"},
	{"French", chain, "passation, escalade"},
	{"French", mention, "validé par, approuvé par"},
	{"French", and, "et"},
	{"French", filler, "le, la, les, l, est, sont, en, au, aux, à, jusqu, jusque, matin, après midi, soir, nuit, journée, jour, semaine, aujourd hui, demain, toute, tout, lundi, mardi, mercredi, " +
		"jeudi, vendredi, samedi, dimanche, janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre, noël, week end"},

	{"Spanish", absent, "vacaciones, de vacaciones, de baja, baja médica, baja por enfermedad, baja maternal, baja paternal, baja por maternidad, baja por paternidad, de licencia, licencia médica, " +
		"licencia por maternidad, licencia por enfermedad, de permiso, permiso parental, permiso retribuido, día(s) libre(s), asuntos propios, día personal, enfermo(s), enferma(s), " +
		"enfermedad, ausente(s), ausencia(s), con permiso, no viene, no está, no estará, fuera de la oficina, fuera de oficina, no disponible, no trabaja, excedencia, incapacidad, de descanso, día de descanso, compensatorio, " +
		"libranza, moscoso(s)"},
	{"Spanish", leave, "baja, licencia, permiso, libre, libra, fuera, descanso"},
	{"Spanish", holiday, "de viaje, en formación, puente, médico, dentista, cita médica"},
	{"Spanish", public, "festivo(s), día festivo, feriado(s)"},
	{"Spanish", duty, "guardia(s), turno(s), soporte, trabaja, retén"},
	{"Spanish", birthday, "cumpleaños, cumple"},
	{"Spanish", around, "durante, antes, después, tras, vuelta, solicitud, calendario"},
	{"Spanish", because, "porque, mientras"},
	{"Spanish", covers, "cubre, cubriendo, sustituye, sustituyendo, reemplaza, suple, releva"},
	{"Spanish", deputy, "sustituto, sustituta, sustitución, suplente, suplencia, reemplazo, relevo, cobertura"},
	{"Spanish", backup, "contactar, contacto"},
	{"Spanish", coveredBy, "cubierto por, cubierta por, sustituido por, sustituida por, reemplazado por, reemplazada por, suplido por, suplida por, la cubre, lo cubre, le cubre, la sustituye, lo sustituye, le sustituye, la reemplaza, lo reemplaza, le reemplaza, la suple, lo suple, le suple"},
	{"Spanish", insteadOf, "en lugar, en vez"},
	{"Spanish", behalf, "por, para"},
	{"Spanish", of, "del"},
	{"Spanish", swap, "cambio"},
	{"Spanish", chain, "traspaso, escalación"},
	{"Spanish", mention, "aprobado por"},
	{"Spanish", except, "excepto, salvo, menos, sin, a excepción de, con excepción de, con la excepción de, excluyendo"},
	{"Spanish", leftOut, "excluido, excluida, no incluido, no incluida"},
	{"Spanish", nobody, "nadie, ninguno"},
	{"Spanish", and, "y"},
	{"Spanish", filler, "el, los, las, está, están, hoy, mañana, tarde, noche, hasta, desde, todo, toda, día(s), semana, al, su, por la mañana, por la tarde, lunes, martes, miércoles, jueves, viernes, " +
		"sábado, domingo, enero, febrero, marzo, abril, mayo, junio, julio, agosto, diciembre, navidad"},

	{"Portuguese", absent, "férias, de férias, não vem, não está, folga(s), de folga, dia de folga, fora do escritório, licença maternidade, licença paternidade, licença médica, licença parental, " +
		"de licença, atestado, atestado médico, baixa médica, de baixa, doente(s), doença, dia livre, indisponível, não disponível, não trabalha, banco de horas, afastado, afastada, afastamento"},
	{"Portuguese", leave, "licença, baixa, fora"},
	{"Portuguese", holiday, "em viagem, viajando, em formação, consulta médica"},
	{"Portuguese", public, "feriadão"},
	{"Portuguese", duty, "plantão, sobreaviso, escala, suporte, trabalha"},
	{"Portuguese", birthday, "aniversário"},
	{"Portuguese", around, "depois, após, volta, pedido, planejamento, planeamento, mapa"},
	{"Portuguese", because, "enquanto"},
	{"Portuguese", not, "não"},
	{"Portuguese", covers, "cobre, cobrindo, substitui, substituindo"},
	{"Portuguese", deputy, "substituto, substituta, substituição"},
	{"Portuguese", backup, "contatar, contato"},
	{"Portuguese", coveredBy, "coberto por, coberta por, substituído por, substituída por"},
	{"Portuguese", insteadOf, "no lugar, em vez, em lugar"},
	{"Portuguese", of, "da"},
	{"Portuguese", swap, "troca"},
	{"Portuguese", chain, "passagem"},
	{"Portuguese", mention, "aprovado por"},
	{"Portuguese", except, "exceto, sem, tirando, com exceção de, à exceção de, excluindo"},
	{"Portuguese", leftOut, "não incluído, não incluída"},
	{"Portuguese", nobody, "ninguém, nenhum"},
	{"Portuguese", and, "e"},
	{"Portuguese", filler, "o, os, em, no, na, hoje, amanhã, manhã, até, ao, todo, segunda, terça, quarta, quinta, sexta, dia(s), janeiro, fevereiro, março, maio, junho, julho, setembro, outubro, " +
		"novembro, dezembro, natal"},

	{"pictures", absent, "🌴, 🏖, 🏝, ⛱, 🤒, 🤧, 🤕, 😷, 🤢, 🤮, 🌡, 🏥, 🛌, 👶, 🍼"},
	{"pictures", off, "❌, 🚫, ⛔"},
	{"pictures", holiday, "✈, 🧳, 🩺, 🦷"},
	{"pictures", birthday, "🎂"},
}

// ordinary are words that are also people's names: in lower case they are nobody.
const ordinary = "will, may, mark, marks, rose, grant, grants, art, dawn, april, june, august, summer, autumn, hope, faith, grace, joy, iris, lily, ivy, daisy, violet, olive, ruby, pearl, amber, " +
	"jade, jack, bill, pat, sue, drew, chase, chance, hunter, mason, dean, duke, earl, king, prince, rich, guy, wade, cliff, dale, heath, forest, " +
	"reed, clay, stone, rusty, buddy, angel, frank, melody, harmony, page, pace, ford, lane, brook, don, tab, bud, skip, chip, chuck, sol, mar, luz, " +
	"cruz, paz, aurora, ernst, an, do, so, my, long, van, bo, al, per, jan, mai"

// months are the names of months that are also names of people: next to a day they are no person.
const months = "jan, april, may, june, july, august, mar, mai, juni, juli, abril, avril, julio"

// verbs follow a word at the start of a sentence that looks like a name and is none: "Will be closed",
// "Mark your calendars", "Grant access".
const verbs = "be, have, the, your, our, it, we, you, they, there, as, access, us"
