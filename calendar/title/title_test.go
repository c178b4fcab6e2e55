package title_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/calendar/title"
)

// team has first names as aliases, some of which are words.
func team() *title.Reader {
	var people []title.Person
	for _, name := range []string{"Ana Silva", "Ben Cole", "Will Hart", "May Wong", "Mark Stein", "Rose Adler", "Grant Ford", "Art Vance", "Dawn Price", "José Müller", "Jan Holiday"} {
		first, _, _ := strings.Cut(name, " ")
		people = append(people, title.Person{Name: name, Aliases: []string{first}})
	}
	return title.NewReader(people, []string{"Auth", "Vacation"})
}

// said is a reading as "+Ana -Ben", first names only; "away" follows where it speaks of an absence,
// "closed" of everybody's.
func said(r title.Reading) string {
	first := func(sign string, names []string) (all []string) {
		for _, n := range names {
			n, _, _ = strings.Cut(n, " ")
			all = append(all, sign+n)
		}
		return slices.Sorted(slices.Values(all))
	}
	words := slices.Concat(first("+", r.On), first("-", slices.Concat(r.Away, r.Covered)))
	switch {
	case r.Absence == title.Personal && len(r.Away)+len(r.Covered) == 0:
		words = append(words, "away")
	case r.Absence == title.Public && len(r.Away)+len(r.Covered) == 0:
		words = append(words, "closed")
	case r.Birthday && !r.Duty && r.Absence == title.NoAbsence:
		words = append(words, "birthday")
	}
	return strings.Join(words, " ")
}

// check reads titles, one a line as "title = what it says".
func check(t *testing.T, r *title.Reader, lines string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		written, want, ok := strings.Cut(line, " =")
		written, want = strings.TrimSpace(written), strings.TrimSpace(want)
		if !ok {
			if strings.TrimSpace(line) != "" {
				t.Fatalf("no = in %q", line)
			}
			continue
		}
		if got := said(r.Read(written, false)); got != want {
			t.Errorf("%-45q says %q, want %q", written, got, want)
		}
	}
}

// Rule 8: the usual words for absence, in five languages.
func TestAbsences(t *testing.T) {
	check(t, team(), `
		Ana OOO = -Ana
		Ana (ooo) = -Ana
		Ana (OoO) = -Ana
		Ana O.O.O. = -Ana
		Ana out-of-office = -Ana
		Ana: Out of the Office = -Ana
		OOO: Ana = -Ana
		OOO - Ana, Ben = -Ana -Ben
		[OOO] Ana = -Ana
		Ana - annual leave = -Ana
		Ana A/L = -Ana
		Ana AL = -Ana
		Ana on leave = -Ana
		Ana leave = -Ana
		Ana parental leave (until June) = -Ana
		Maternity leave Ana = -Ana
		Ana off = -Ana
		Ana off today = -Ana
		Ana is off tomorrow = -Ana
		Ana - off till Monday = -Ana
		Ana off sick = -Ana
		Ana all week off = -Ana
		Ana Mon-Wed off = -Ana
		Ana 14:00-16:00 off = -Ana
		Ana day off = -Ana
		Ana half-day off = -Ana
		Ana's day off = -Ana
		Ana’s days off = -Ana
		Ana out = -Ana
		Ana out until Wed = -Ana
		Ana away = -Ana
		Ana PTO = -Ana
		Ana vacation = -Ana
		Ana on vacation 3.-7. May = -Ana
		Ana vacation Mallorca = -Ana
		vacations Ana = -Ana
		Ana holiday = -Ana
		Ana holidays = -Ana
		Ana on holiday, back embedded next week = -Ana
		Ana sick = -Ana
		Ana called in sick = -Ana
		Ana ill = -Ana
		Ana TOIL = -Ana
		Ana jury duty = -Ana
		Ana not working = -Ana
		Ana not on call = -Ana
		Ana unavailable = -Ana
		Ana dentist = -Ana
		Ana: doctor's appointment = -Ana
		Ana bank holiday = -Ana
		Ana 🌴 = -Ana
		🏖️ Ana & Ben = -Ana -Ben
		Ana: birthday leave = -Ana

		Ana Urlaub = -Ana
		Urlaub Ana = -Ana
		Urlaub: Ana = -Ana
		Ana im Urlaub = -Ana
		Ana hat Urlaub = -Ana
		Ana Jahresurlaub = -Ana
		Ana (Resturlaub) = -Ana
		Ana Urlaubstag = -Ana
		Anas Urlaub = -Ana
		Urlaub von Ana = -Ana
		Ana krank = -Ana
		Ana krankgeschrieben bis Fr = -Ana
		Ana Kind krank = -Ana
		Ana Elternzeit = -Ana
		Ana frei = -Ana
		Ana hat heute frei = -Ana
		Ana Überstundenabbau = -Ana
		Ana Ueberstundenabbau = -Ana
		Ana Gleittag = -Ana
		Ana abwesend = -Ana
		Abwesenheit Ana = -Ana
		Ana außer Haus = -Ana
		Ana ausser Haus = -Ana
		Ana Arzttermin = -Ana
		Ana Feiertag = -Ana

		Ana vacances / Urlaub = -Ana
		Ana en vacances = -Ana
		Ana congés = -Ana
		Ana conges = -Ana
		Congé Ana = -Ana
		Ana congés payés = -Ana
		Ana - congé maternité = -Ana
		Ana arrêt maladie = -Ana
		ARRÊT MALADIE - Ana = -Ana
		Ana malade = -Ana
		Ana RTT = -Ana
		Ana CP = -Ana
		Ana absente = -Ana
		Ana en récup = -Ana
		Ana jour férié = -Ana

		Ana vacaciones = -Ana
		Ana de vacaciones = -Ana
		Vacaciones de Ana = -Ana
		Ana de baja = -Ana
		Ana baja médica = -Ana
		Ana día libre = -Ana
		Ana libre = -Ana
		Ana enferma = -Ana
		Ana de permiso = -Ana
		Ana asuntos propios = -Ana
		Ana fuera de la oficina = -Ana
		Ana festivo = -Ana

		Ana férias = -Ana
		Ana ferias = -Ana
		Ana de férias = -Ana
		Férias da Ana = -Ana
		Ana folga = -Ana
		Ana de folga = -Ana
		Ana doente = -Ana
		Ana licença-maternidade = -Ana
		Ana atestado médico = -Ana
		Ana fora do escritório = -Ana
		Ana feriado = -Ana

		Ana OOO, Ben OOO = -Ana -Ben
		Ana & Ben PTO = -Ana -Ben
		Ana / Ben: vacation = -Ana -Ben
		Ana und Ben krank = -Ana -Ben
		Ana, Ben et Will en congés = -Ana -Ben -Will
		Ana (vacation), Ben (sick) = -Ana -Ben
		ana ooo = -Ana
		ANA OOO = -Ana
		Vacation = away
		Out of office = away
		Urlaub = away
		Bank holiday = closed
		Feiertag = closed
	`)
}

// Rule 8: words that look like absence and are none take nobody off.
func TestNoAbsences(t *testing.T) {
	check(t, team(), `
		Bank holiday cover: Ana = +Ana
		Holiday cover: Ana, Ben = +Ana +Ben
		Ana holiday cover = +Ana
		Sick cover: Ana = +Ana
		Vacation coverage - Ana = +Ana
		Feiertagsdienst Ana = +Ana
		Feiertagsbereitschaft: Ana = +Ana
		Urlaubsvertretung: Ana = +Ana
		Krankheitsvertretung Ana = +Ana
		Ana on-call during holiday season = +Ana
		Ana on-call (bank holiday) = +Ana
		Bank holiday: Ana on-call = +Ana
		Ana on call, public holiday = +Ana
		Ana working bank holiday = +Ana
		On-call over the Christmas holidays: Ana = +Ana
		Astreinte jour férié : Ana = +Ana
		Guardia festivo: Ana = +Ana
		Plantão feriado - Ana = +Ana
		Ana on-call during summer vacation = +Ana
		Ana on-call, off at 6pm = +Ana
		Vacation planning - Ana = +Ana
		Ana: PTO policy review = +Ana
		Urlaubsplanung Ana = +Ana
		Planning des congés : Ana = +Ana
		Solicitud de vacaciones (Ana) = +Ana
		Ana back from vacation = +Ana
		Ana retour de congé = +Ana
		Last shift before vacation: Ana = +Ana
		Ana kick-off call = +Ana
		Ana sign-off = +Ana
		Ana off-site = +Ana
		Out of hours: Ana = +Ana
		After hours support Ana = +Ana
		Ana out-of-band patching = +Ana
		Please leave a note, Ana = +Ana
		Ana leave early = +Ana
		Jan Holiday on-shift = +Jan
		Ana on-shift (birthday!) = +Ana
		Birthday cover: Ana = +Ana
		Vacation on-call: Ana = +Ana
		Ana's birthday = +Ana birthday
		Geburtstag Ana = +Ana birthday
		Anniversaire d'Ana = +Ana birthday
		Cumpleaños de Ana = +Ana birthday
		Aniversário da Ana = +Ana birthday
	`)
}

// Rule 8: a title that says who covers puts that person on, and the other off.
func TestCovers(t *testing.T) {
	check(t, team(), `
		Ana OOO, Ben covers = +Ben -Ana
		Ana OOO - Ben covering = +Ben -Ana
		Ana OOO (Ben covers) = +Ben -Ana
		Ana OOO, cover: Ben = +Ben -Ana
		Ana OOO (cover: Ben) = +Ben -Ana
		Ana OOO, covered by Ben = +Ben -Ana
		Ana OOO -> Ben = +Ben -Ana
		Ana OOO / Ben on-call = +Ben -Ana
		Ana off, Ben on-call = +Ben -Ana
		Ana sick, Ben on duty = +Ben -Ana
		Ana sick Ben cover = +Ben -Ana
		Ana OOO, backup Ben = +Ben -Ana
		Ana OOO, Ben is backup = +Ben -Ana
		OOO: Ana, cover: Ben = +Ben -Ana
		Ana vacation cover: Ben = +Ben -Ana
		Ben covers Ana = +Ben -Ana
		Ben covers Ana and Will = +Ben -Ana -Will
		Ben covers for Ana = +Ben -Ana
		Ben is covering for Ana = +Ben -Ana
		Ben will cover Ana = +Ben -Ana
		Ben to cover Ana's shift = +Ben -Ana
		Ben covering Ana's vacation = +Ben -Ana
		Ben covers Ana (sick) = +Ben -Ana
		Ben cover for Ana = +Ben -Ana
		Ben on-call covering Ana = +Ben -Ana
		Ana & Ben covering for Will = +Ana +Ben -Will
		Covering for Ana: Ben = +Ben -Ana
		Cover for Ana: Ben = +Ben -Ana
		Cover for Ana = -Ana
		Ana covered by Ben = +Ben -Ana
		Ana's shift covered by Ben = +Ben -Ana
		Ana's shift, Ben covers = +Ben -Ana
		Ana - Ben covers = +Ben -Ana
		Ana replaced by Ben = +Ben -Ana
		Ben filling in for Ana = +Ben -Ana
		Ben stands in for Ana = +Ben -Ana
		Ben takes over from Ana = +Ben -Ana
		Ben takes Ana's shift = +Ben -Ana
		Ben instead of Ana = +Ben -Ana
		Ben (instead of Ana) = +Ben -Ana
		Instead of Ana: Ben = +Ben -Ana
		Ben on-call instead of Ana = +Ben -Ana
		Ben, not Ana = +Ben -Ana
		Ben for Ana = +Ben -Ana
		Ben (for Ana) = +Ben -Ana
		Ben on-call for Ana = +Ben -Ana
		On-call: Ben for Ana = +Ben -Ana
		swap: Ana -> Ben = +Ben -Ana
		Swap Ana → Ben = +Ben -Ana
		Ben <- Ana = +Ben -Ana
		Swap Ana for Ben = +Ben -Ana
		Replace Ana with Ben = +Ben -Ana
		Ben on call over Ana's holiday = +Ben -Ana
		Ben on-call (Ana sick) = +Ben -Ana
		Ben (Ana on vacation) = +Ben -Ana
		Ben on-call while Ana is sick = +Ben -Ana
		On-call: Ana (sick), Ben = +Ben -Ana
		On-call: Ben, Ana (vacation) = +Ben -Ana
		Ana PTO approved by Ben = -Ana
		OOO - please contact Ben = +Ben away

		Ben für Ana = +Ben -Ana
		Ben fuer Ana = +Ben -Ana
		Urlaub Ana – Vertretung Ben = +Ben -Ana
		Urlaub Ana, Vertretung: Ben = +Ben -Ana
		Ana Urlaub (Vertretung Ben) = +Ben -Ana
		Ana krank, Ben vertritt = +Ben -Ana
		Ana krank -> Ben = +Ben -Ana
		Ana – Vertretung Ben = +Ben -Ana
		Vertretung für Ana: Ben = +Ben -Ana
		Ben Vertretung für Ana = +Ben -Ana
		Ben vertritt Ana = +Ben -Ana
		Ben springt für Ana ein = +Ben -Ana
		Ben übernimmt für Ana = +Ben -Ana
		Ben übernimmt Anas Schicht = +Ben -Ana
		Ana vertreten durch Ben = +Ben -Ana
		Ben statt Ana = +Ben -Ana
		Ben anstelle von Ana = +Ben -Ana
		Ben i.V. Ana = +Ben -Ana
		Urlaubsvertretung Ben für Ana = +Ben -Ana
		Bereitschaft Ben (Ana Urlaub) = +Ben -Ana
		Tausch: Ana -> Ben = +Ben -Ana

		Ben remplace Ana = +Ben -Ana
		Ana en congés, remplacée par Ben = +Ben -Ana
		Ben à la place d'Ana = +Ben -Ana
		Ben au lieu de Ana = +Ben -Ana
		Congés Ana - remplaçant : Ben = +Ben -Ana
		Ben pour Ana = +Ben -Ana
		Ben cubre a Ana = +Ben -Ana
		Ben sustituye a Ana = +Ben -Ana
		Ana de vacaciones, suplente: Ben = +Ben -Ana
		Ben en lugar de Ana = +Ben -Ana
		Ben por Ana = +Ben -Ana
		Ben cobre a Ana = +Ben -Ana
		Ben substitui a Ana = +Ben -Ana
		Ben no lugar da Ana = +Ben -Ana
		Férias Ana - substituto Ben = +Ben -Ana
	`)
	if got := said(team().Read("Ana => Ben", false)); got != "+Ben -Ana" {
		t.Errorf("another arrow: %q", got)
	}
}

// Titles that hold two names and nothing that sets them apart put both on.
func TestNobodyIsTakenOffWithoutAWord(t *testing.T) {
	check(t, team(), `
		Ana / Ben = +Ana +Ben
		On-call: Ana / Ben = +Ana +Ben
		Ana, Ben and Will = +Ana +Ben +Will
		Cover: Ana, Ben = +Ana +Ben
		Ana (backup: Ben) = +Ana +Ben
		On-call: Ana, backup: Ben = +Ana +Ben
		Ana on-call, Ben covers Auth = +Ana +Ben
		Interview for Ana with Ben = +Ana +Ben
		Support for Ana = +Ana
		Shift for Ana = +Ana
		Escalation: Ana -> Ben -> Will = +Ana +Ben +Will
		Handover Ana -> Ben = +Ana +Ben
		Ana <-> Ben = +Ana +Ben
		Ana on-call 9:00-17:00, Ben 17:00-22:00 = +Ana +Ben
		Ana swaps with Ben = +Ana +Ben
		Support EMEA = 
	`)
}

// Rule 8: names match as written.
func TestNames(t *testing.T) {
	check(t, team(), `
		Office will be closed for cleaning = 
		We may mark the release with art = 
		grant access at dawn, watch the rose = 
		Will on-shift = +Will
		On-call: May, Mark / Rose = +Mark +May +Rose
		Grant & Art = +Art +Grant
		(Dawn) = +Dawn
		WILL ON-CALL = +Will
		will on-call = 
		Will be closed on Friday = 
		Mark your calendars: Ana on-call = +Ana
		Grant access to Ben = +Ben
		Ana on-call May 4-8 = +Ana
		Ana on-call, 4 May = +Ana
		Ana PTO 12th May = -Ana
		Jan 5: Ana = +Ana
		Jan on-call = +Jan
		May on-call = +May
		Ana's shift = +Ana
		Ana’s shift = +Ana
		Schicht von Ana = +Ana
		Anas Schicht = +Ana
		d'Ana = +Ana
		"Ana" = +Ana
		Ana! = +Ana
		#Ana @Ben = +Ana +Ben
		Ana_Ben = +Ana +Ben
		Ana+Ben = +Ana +Ben
		Ana|Ben = +Ana +Ben
		Ana Silva on-shift = +Ana
		Silva, Ana = +Ana
		A. Silva on-shift = +Ana
		Ana S. on-shift = +Ana
		Silva on-shift = 
		Anastasia on-shift = 
		Ana-Maria on-shift = 
		Anaïs on-shift = 
		José on-shift = +José
		Jose on-shift = +José
		José on-shift = +José
		J. Mueller on-shift = +José
		José Muller = +José
		ana on-shift = +Ana
		ana talks to nobody = 
	`)
}

func TestWhatTwoPeopleShareMeansNeitherAlone(t *testing.T) {
	r := title.NewReader([]title.Person{
		{Name: "Ana Silva", Aliases: []string{"Ana"}}, {Name: "Ana Souza", Aliases: []string{"Ana"}}, {Name: "Ana S", Aliases: []string{"AS"}},
	}, nil)
	for written, want := range map[string][]string{
		"Ana on-shift": {"Ana Silva", "Ana Souza"}, // an alias that both were given
		"A. Souza":     {"Ana Souza"},
		"Ana S.":       {"Ana S"}, // a name of their own goes before a short form of others'
		"AS":           {"Ana S"},
		"as usual":     nil,
	} {
		if got := r.Read(written, false).On; !slices.Equal(got, want) {
			t.Errorf("%q names %v, want %v", written, got, want)
		}
	}
}

func TestAProductCalledLikeAnAbsence(t *testing.T) {
	r := team()
	if got := said(r.Read("Embedded: Vacation - Ana", true)); got != "+Ana" {
		t.Errorf("embedded in it: %q", got)
	}
	if got := said(r.Read("Ana Vacation", false)); got != "-Ana" {
		t.Errorf("without a word of duty: %q", got)
	}
}
