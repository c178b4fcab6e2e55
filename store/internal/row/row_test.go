package row

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// fullest is a timeline with a value in every field of its body.
func fullest(s string, n int64) escalation.Timeline {
	at := func(i int64) time.Time { return time.UnixMicro(1795262400000000 + n%1e15 + i).UTC() }
	return escalation.Timeline{
		ID:       "tl-1",
		Ticket:   escalation.Ticket{ID: s, Priority: s, Type: s, Customer: s, Subject: s, Link: s},
		OpenedAt: at(1), ExpiresAt: at(2), Desk: escalation.DeskAnswer{Status: desk.AnswerStatus(s), At: at(3)},
		Clocks:       []escalation.Clock{{Kind: policy.FirstReply, DeadlinePassed: true}},
		SnoozedUntil: at(4), SnoozedBy: s, SnoozedAt: at(5), PausedUntil: at(6), Cause: s,
		Posts: []escalation.Posting{{TS: s, Tier: 1, Round: int(n)}, {TS: "1795262400.000001"}},
		Tiers: []escalation.DueTier{
			{Tier: policy.Tier{After: time.Duration(n), Notify: []string{}}, Clock: policy.FirstReply, Due: at(7), State: escalation.TierPending},
			{
				Tier:  policy.Tier{After: time.Hour, Notify: []string{s, "on-shift"}, Message: s, Repeat: time.Duration(n)},
				Clock: policy.FirstReply, Due: at(8), State: escalation.TierPosted, Round: int(n), PostedAt: at(9), TS: s,
			},
		},
	}
}

func TestABodyIsReadBackAsItWasWritten(t *testing.T) {
	for _, text := range []string{"42", "", "<@U0ANA> & \"quoted\" \\ \n\x00 é \U0001F9A5 \u2028"} {
		want := fullest(text, 1)
		want.Owner = escalation.Owner{User: "U0ANA", Name: "Ana Silva", Since: want.OpenedAt, Until: want.ExpiresAt}
		js, err := Body(want)
		if err != nil {
			t.Fatal(err)
		}
		got := escalation.Timeline{ID: want.ID}
		if err := SetBody(&got, js); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -written +read:\n%s", text, diff)
		}
	}
}

func TestABodyOfANewerProgramIsRead(t *testing.T) {
	var got escalation.Timeline
	if err := SetBody(&got, `{"cause":"x","later":{"a":[1]}}`); err != nil || got.Cause != "x" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAClockIsKeptWhereverItIsNotPlain(t *testing.T) {
	opened := time.UnixMicro(1795262400000000).UTC()
	plain := func() escalation.Timeline {
		tl := escalation.Timeline{PostedAt: opened, Tiers: make([]escalation.DueTier, 4)}
		tl.Clocks = []escalation.Clock{plainClock(tl, opened.Add(time.Hour), false, time.Time{})}
		return tl
	}
	if kept := keptClocks(plain()); kept != nil {
		t.Errorf("a plain clock is kept: %+v", kept)
	}
	columns := map[string]bool{"DeadlinePassed": true, "BreachedAt": true} // and keys of their own, in every body
	for _, f := range reflect.VisibleFields(reflect.TypeFor[escalation.Clock]()) {
		tl := plain()
		switch v := reflect.ValueOf(tl.FirstReply()).Elem().FieldByIndex(f.Index); v.Kind() {
		case reflect.String:
			v.SetString("other")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		default:
			v.Set(reflect.ValueOf(opened.Add(time.Minute)))
		}
		if kept := keptClocks(tl) != nil; kept == columns[f.Name] {
			t.Errorf("another %s: kept %v", f.Name, kept)
		}
	}
}
