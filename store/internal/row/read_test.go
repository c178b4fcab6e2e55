package row

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

// fullest is a timeline with a value in every field of its body.
func fullest(s string, n int64) escalation.Timeline {
	at := func(i int64) time.Time { return time.UnixMicro(1795262400000000 + n%1e15 + i).UTC() }
	return escalation.Timeline{
		ID:       "tl-1",
		Ticket:   escalation.Ticket{ID: s, Priority: s, Type: s, Customer: s, Subject: s, Link: s},
		OpenedAt: at(1), ExpiresAt: at(2), Desk: escalation.DeskAnswer{Status: escalation.AnswerStatus(s), At: at(3)},
		DeadlinePassed: true, SnoozedUntil: at(4), SnoozedBy: s, SnoozedAt: at(5), PausedUntil: at(6), Cause: s,
		Posts: []escalation.Posting{{TS: s, Tier: 1, Round: int(n)}, {TS: "1795262400.000001"}},
		Tiers: []escalation.DueTier{
			{Tier: escalation.Tier{After: time.Duration(n), Notify: []string{}}, Due: at(7), State: escalation.TierPending},
			{
				Tier: escalation.Tier{After: time.Hour, Notify: []string{s, "on-shift"}, Message: s, Repeat: time.Duration(n)},
				Due:  at(8), State: escalation.TierPosted, Round: int(n), PostedAt: at(9), TS: s,
			},
		},
	}
}

// inBothWays reads a body in both ways, which have to agree, and says whether readBody took it.
func inBothWays(t *testing.T, js string) (quick bool) {
	t.Helper()
	got, quick := readBody([]byte(js))
	if !quick {
		return false
	}
	var want body
	if err := json.Unmarshal([]byte(js), &want); err != nil {
		t.Fatalf("%s was read, and encoding/json says %v", js, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-encoding/json +readBody):\n%s", js, diff)
	}
	return true
}

func FuzzABodyIsReadAsEncodingJSONReadsIt(f *testing.F) {
	f.Add("42", int64(1))
	f.Add("", int64(0))
	f.Add("<@U0ANA> & \"quoted\" \\ \n\x00 é \U0001F9A5 \u2028 broken \xff", int64(-1))
	f.Fuzz(func(t *testing.T, s string, n int64) {
		js, err := Body(fullest(s, n))
		if err != nil {
			t.Fatal(err)
		}
		quick := inBothWays(t, js)
		if n > -1e18 && n < 1e18 && !quick {
			t.Errorf("%s was left to encoding/json", js)
		}
	})
}

func TestWhatIsOddIsLeftToEncodingJSON(t *testing.T) {
	js, err := Body(fullest("42", 1))
	if err != nil {
		t.Fatal(err)
	}
	for end := range len(js) {
		if _, ok := readBody([]byte(js[:end])); ok {
			t.Errorf("a body that was cut short was read: %s", js[:end])
		}
	}
	for _, odd := range []string{
		js + "x", js + " ", `{"cause":null}`, `{"cause":7}`, `{"cause":"` + "\n" + `"}`, `{"cause":"` + "\xff" + `"}`, `{"cause":"\x"}`,
		`{"Cause":"x"}`, `{"new":1}`, `{"cause":"x",}`, `{"owner":{"user":"U0ANA"}}`, `{"deadline_passed":false}`,
		`{"opened_at":1.5}`, `{"opened_at":1e3}`, `{"opened_at":01}`, `{"opened_at":-}`, `{"opened_at":"1"}`, `{"opened_at":1000000000000000000}`,
		`{"tiers":null}`, `{"tiers":[1]}`, `{"tiers":[{"tier":1}]}`, `{"ticket":{"ID":"42"}}`, `{"posts":[{"by":1}]}`, `{"opened_at" :1}`, `[]`, ``,
	} {
		if b, ok := readBody([]byte(odd)); ok {
			t.Errorf("%s was read: %+v", odd, b)
		}
	}
}

func TestABodyWithAnOwnerIsReadBack(t *testing.T) {
	want := fullest("42", 1)
	want.Owner = escalation.Owner{User: "U0ANA", Name: "Ana Silva", Since: want.OpenedAt, Until: want.ExpiresAt, Told: true}
	js, err := Body(want)
	if err != nil {
		t.Fatal(err)
	}
	got := escalation.Timeline{ID: want.ID}
	if err := SetBody(&got, []byte(js)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
}
