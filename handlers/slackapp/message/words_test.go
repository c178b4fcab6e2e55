package message

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// noteKinds are all that escalation knows, read from its source.
func noteKinds(t *testing.T) (kinds []escalation.NoteKind) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../../escalation/note.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != "NoteKind" {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, escalation.NoteKind(value))
		return true
	})
	return kinds
}

func TestEveryKindOfNoteHasWordsAndASample(t *testing.T) {
	kinds := noteKinds(t)
	if len(kinds) != len(words) {
		t.Errorf("%d kinds, and words for %d", len(kinds), len(words))
	}
	sampled := map[escalation.NoteKind]bool{}
	for _, n := range notes() {
		sampled[n.Kind] = true
	}
	for _, n := range whispers() {
		sampled[n.Kind] = true
	}
	for _, kind := range kinds {
		if words[kind] == nil {
			t.Errorf("there are no words for a note of kind %q", kind)
		}
		if !sampled[kind] {
			t.Errorf("no sample of kind %q is held to testdata/render", kind)
		}
	}
}

func TestANoteWithoutWordsIsAnError(t *testing.T) {
	if s, err := renderNote(&escalation.Note{Kind: "unheard-of"}, noon); err == nil {
		t.Errorf("it says %q", s.text())
	}
}

func TestAChannelIsToldOfItsPauseWithoutPingingAnybody(t *testing.T) {
	tests := map[string]struct {
		note escalation.Note
		want []string
	}{
		"paused":     {escalation.Note{Kind: escalation.NotePaused, User: "U0ANA", Name: "Ana Silva", Until: now.Add(time.Hour)}, []string{"Ana Silva paused me here until <!date^", "/sla resume"}},
		"resumed":    {escalation.Note{Kind: escalation.NoteResumed, User: "U0ANA", Name: "Ana Silva"}, []string{"Ana Silva woke me up"}},
		"no name":    {escalation.Note{Kind: escalation.NoteResumed, User: "U0ANA"}, []string{"Somebody woke me up"}},
		"a bad name": {escalation.Note{Kind: escalation.NoteResumed, Name: "<!here> @channel"}, []string{"&lt;!here&gt;"}},
	}
	for name, test := range tests {
		got := noted(t, &test.note, now).text()
		for _, words := range test.want {
			if !strings.Contains(got, words) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if strings.Contains(got, "<@") || strings.Contains(got, "<!here") {
			t.Errorf("%s pings: %s", name, got)
		}
	}
}
