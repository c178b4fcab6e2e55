package title

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// words are the phrases of the vocabulary with one of the senses, as they may be in a title.
func words(senses ...sense) (all []string) {
	for _, row := range vocabulary {
		if !slices.Contains(senses, row.sense) {
			continue
		}
		for written := range strings.SplitSeq(row.phrases, ", ") {
			for _, text := range spellings(written) {
				text = strings.TrimPrefix(text, "=")
				if ending, ok := strings.CutPrefix(text, "*"); ok {
					text = "Sonder" + ending
				}
				all = append(all, text)
			}
		}
	}
	return all
}

// two are Ana and Ben.
func two() *Reader {
	return NewReader([]Person{{Name: "Ana Silva", Aliases: []string{"Ana"}}, {Name: "Ben Cole", Aliases: []string{"Ben"}}}, nil)
}

// A phrase that is in two rows would count in one of them only.
func TestEachPhraseStandsOnce(t *testing.T) {
	where := map[string]string{}
	for _, row := range vocabulary {
		for written := range strings.SplitSeq(row.phrases, ", ") {
			for _, text := range spellings(written) {
				key := strings.Join(split(plain(text)).words, " ")
				if strings.HasPrefix(text, "*") {
					key = text
				}
				if have := where[key]; have != "" && row.sense != filler {
					t.Errorf("%s: %q (%q) stands in %s too", row.language, text, key, have)
				}
				where[key] = row.language
			}
		}
	}
}

// Rule 8: each word for absence takes off whom it is said of, and only them.
func TestEachWordForAbsence(t *testing.T) {
	r := two()
	for _, absence := range words(absent, off, leave, holiday, public) {
		for _, form := range []string{"Ana %", "Ana: %", "Ana (%)", "Ana - %", "% - Ana", "%: Ana", "Ana is %", "Ana %, Ben on-call", "On-call: Ben. %: Ana", "Ana % / Ben covers", "Ben for Ana (%)"} {
			title := strings.ReplaceAll(form, "%", absence)
			got := r.Read(title, false)
			if off := append(got.Away, got.Covered...); !slices.Equal(off, []string{"Ana Silva"}) {
				t.Errorf("%q takes off %v", title, off)
			}
			if on := slices.Contains(got.On, "Ben Cole"); on != strings.Contains(form, "Ben") {
				t.Errorf("%q puts on %v", title, got.On)
			}
		}
	}
}

// Rule 8: people are on duty over each holiday.
func TestEachHolidayHasItsDuty(t *testing.T) {
	r := two()
	for _, h := range words(holiday, public) {
		for _, form := range []string{"% cover: Ana", "% duty - Ana", "% on-call: Ana", "Ana on-call (%)", "On-call (%): Ana", "Ana Dienst, %", "Guardia %: Ana"} {
			title := strings.ReplaceAll(form, "%", h)
			if got := r.Read(title, false); !slices.Equal(got.On, []string{"Ana Silva"}) || len(got.Away)+len(got.Covered) > 0 || got.Absence != NoAbsence {
				t.Errorf("%q says %+v", title, got)
			}
		}
	}
}

// Rule 8: each word for covering puts the one on and takes the other off.
func TestEachWordForCovering(t *testing.T) {
	r := two()
	for sense, form := range map[sense][]string{
		covers:    {"Ben % Ana", "Ben % Ana's shift", "Ana OOO, Ben %", "Ana sick - Ben %"},
		takes:     {"Ben % Ana's shift"},
		cover:     {"Ben % for Ana", "Ana OOO, %: Ben", "Ana OOO (% Ben)", "Ana - % Ben", "% for Ana: Ben"},
		deputy:    {"Ben % for Ana", "Ana OOO, %: Ben", "Ana OOO (% Ben)", "Ana – % Ben", "% for Ana: Ben"},
		backup:    {"Ana OOO, %: Ben", "Ana OOO (% Ben)"},
		coveredBy: {"Ana % Ben", "Ana's shift % Ben", "Ana OOO, % Ben"},
		insteadOf: {"Ben % Ana", "Ben on-call % Ana", "% Ana: Ben"},
		behalf:    {"Ben % Ana", "Ben on-call % Ana", "Ben (% Ana)"},
	} {
		for _, word := range words(sense) {
			for _, f := range form {
				title := strings.ReplaceAll(f, "%", word)
				got := r.Read(title, false)
				if off := append(got.Away, got.Covered...); !slices.Equal(off, []string{"Ana Silva"}) || !slices.Equal(got.On, []string{"Ben Cole"}) {
					t.Errorf("%q: on %v, off %v", title, got.On, off)
				}
			}
		}
	}
}

// Rule 8: names that are words are nobody in a sentence of words.
func TestWordsAreNobody(t *testing.T) {
	var people []Person
	for word := range isOrdinary {
		people = append(people, Person{Name: strings.ToUpper(word[:1]) + word[1:]})
	}
	r := NewReader(people, nil)
	filling := []string{"office", "the", "closed", "we", "release", "on", "call", "for", "off", "meeting", "vacation", "support", "->", "(", ")", ",", "covers"}
	all := append(slices.Sorted(func(yield func(string) bool) {
		for word := range isOrdinary {
			if !yield(word) {
				return
			}
		}
	}), filling...)
	rapid.Check(t, func(t *rapid.T) {
		title := strings.Join(rapid.SliceOf(rapid.SampledFrom(all)).Draw(t, "title"), " ")
		if got := r.Read(title, false); len(got.On)+len(got.Away)+len(got.Covered) > 0 {
			t.Fatalf("%q says %+v", title, got)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, title := range []string{"Ana OOO, Ben covers", "Urlaub Ana – Vertretung Ben", "swap: Ana -> Ben", "ana (ooo)", "Ben's", "A. Silva -", "🏖️ Ana", "", "->", "for Ana", "Ana'"} {
		f.Add(title)
	}
	r := NewReader([]Person{{Name: "Ana Silva", Aliases: []string{"Ana"}}, {Name: "Ben Cole", Aliases: []string{"Ben"}}, {Name: "José Müller"}}, []string{"Vacation"})
	f.Fuzz(func(t *testing.T, title string) {
		got := r.Read(title, false)
		for _, on := range got.On {
			if slices.Contains(got.Away, on) || slices.Contains(got.Covered, on) {
				t.Errorf("%q: %s is both on and off: %+v", title, on, got)
			}
		}
		for _, cover := range got.Covers {
			if !slices.Contains(got.On, cover) {
				t.Errorf("%q: %s covers and is not on: %+v", title, cover, got)
			}
		}
		flat := strings.Join(strings.Fields(plain(strings.Join(split(title).words, " "))), " ")
		for _, person := range slices.Concat(got.On, got.Away, got.Covered) {
			first, last, _ := strings.Cut(plain(person), " ")
			if !strings.Contains(flat, first) && !strings.Contains(flat, last) && !strings.Contains(flat, "mueller") {
				t.Errorf("%q does not name %s: %+v", title, person, got)
			}
		}
		if again := r.Read(title, false); !slices.Equal(again.On, got.On) || !slices.Equal(again.Away, got.Away) {
			t.Errorf("%q says one thing and then another: %+v, %+v", title, got, again)
		}
	})
}
