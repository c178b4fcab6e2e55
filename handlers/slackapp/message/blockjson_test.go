package message

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

// byTags is what encoding/json makes of blocks by their tags. It leaves <, > and & as they are, too.
func byTags(t *testing.T, blocks any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(blocks); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

func TestBlocksWriteThemselvesAsTheirTagsSay(t *testing.T) {
	said := map[string]*said{
		"words that need escapes": {},
		"thanks with a picture":   (&said{}).with(picture("https://example.com/a.gif", "a cat")),
		"nothing":                 {blocks: nil},
	}
	said["words that need escapes"].paragraph("\"quoted\" \\ <@U0ANA> & \n\x00\x1f\x7f é \U0001F9A5 broken \xff\xc3 end")
	for name, r := range reminders() {
		s, err := render("job-1", escalation.Post{Timeline: "tl-1", Round: 1, Reminder: r}, noon)
		if err != nil {
			t.Fatal(err)
		}
		said[name] = s
	}
	for name, s := range said {
		got, err := encodeBlocks(s.blocks)
		if err != nil {
			t.Fatal(err)
		}
		want := "[]" // where encoding/json says null
		if len(s.blocks) > 0 {
			want = byTags(t, s.blocks)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-by its tags +by itself):\n%s", name, diff)
		}
	}
}

func FuzzStringsAreReadBackAsEncodingJSONWouldHaveThem(f *testing.F) {
	for _, s := range []string{"", "Ana", "\"\\\n\r\t\b\f\x00\x1f\x7f", "é \U0001F9A5 \u2028 \ufffd", "\xff", "\xed\xa0\x80", "</script>&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want, got string
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		written := appendString(nil, s)
		if err := json.Unmarshal(written, &got); err != nil || got != want {
			t.Errorf("%q is written as %s and read back as %q (%v), want %q", s, written, got, err, want)
		}
	})
}
