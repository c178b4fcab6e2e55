package title_test

import (
	"os"
	"path/filepath"
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
	case r.CalledOff:
		words = append(words, "called off")
	case r.Absence == title.Personal && len(r.Away)+len(r.Covered) == 0:
		words = append(words, "away")
	case r.Absence == title.Public && len(r.Away)+len(r.Covered) == 0:
		words = append(words, "closed")
	case r.Birthday && !r.Duty && r.Absence == title.NoAbsence:
		words = append(words, "birthday")
	}
	return strings.Join(words, " ")
}

// Rule 8: what titles say of people, on lists of them. A line is a title and what it says.
func TestTitles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no titles: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				line = strings.TrimSpace(line)
				at := strings.LastIndex(line, " =")
				if line == "" || strings.HasPrefix(line, "// ") {
					continue
				}
				if at < 0 {
					at = len(line) - 1 // it says nothing
				}
				written, want := strings.TrimSpace(line[:at]), strings.TrimSpace(line[min(at+2, len(line)):])
				if got := said(team().Read(written, false)); got != want {
					t.Errorf("%q says %q, want %q", written, got, want)
				}
			}
		})
	}
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
