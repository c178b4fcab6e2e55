package slackapp

import (
	"slices"
	"strings"
	"testing"
)

// Rule 1: an app that posts first and says what a moment later has posted a ticket. No other edit opens anything.
func TestAMessageThatAnAppCompletesOpens(t *testing.T) {
	const creating, created = `"bot_id":"B0DESK","text":"Creating a ticket …"`, `"bot_id":"B0DESK","text":"*Ticket ID*: 1101"`
	edit := func(at, before, now string) string {
		return `"subtype":"message_changed","ts":"` + at + `","previous_message":{"type":"message","ts":"1799999990.000100",` + before +
			`},"message":{"type":"message","ts":"1799999990.000100",` + now + `}`
	}
	for name, c := range map[string]struct {
		fields string
		opens  bool
	}{
		"a second later":                 {edit("1799999991.000200", creating, created), true},
		"an hour later":                  {edit("1800003600.000200", creating, created), false},
		"what carried a ticket before":   {edit("1799999991.000200", created, created+`,"attachments":[{"from_url":"https://x.example","title":"Ticket ID: 7"}]`), false},
		"another ticket than before":     {edit("1799999991.000200", created, `"bot_id":"B0DESK","text":"*Ticket ID*: 1102"`), false},
		"still none":                     {edit("1799999991.000200", creating, `"bot_id":"B0DESK","text":"Creating …"`), false},
		"by a colleague":                 {edit("1799999991.000200", `"user":"U0ANA","text":"hm"`, `"user":"U0ANA","text":"*Ticket ID*: 1101"`), false},
		"in a thread":                    {edit("1799999991.000200", creating, created+`,"thread_ts":"1799999000.000100"`), false},
		"our own":                        {edit("1799999991.000200", `"bot_id":"B0BOT","text":"hm"`, `"bot_id":"B0BOT","text":"*Ticket ID*: 1101"`), false},
		"a deleted message's tombstone":  {edit("1799999991.000200", creating, `"subtype":"tombstone","bot_id":"B0DESK","text":"*Ticket ID*: 1101"`), false},
		"an edit that does not say what": {`"subtype":"message_changed","ts":"1799999991.000200","message":{"ts":"1799999990.000100",` + created + `}`, false},
	} {
		f := newApp(t)
		if _, err := f.send(event(c.fields)); err != nil {
			t.Fatal(err)
		}
		if opened := len(f.opened) == 1 && f.opened[0].Ticket.ID == "1101" && f.opened[0].TS == "1799999990.000100"; opened != c.opens || len(f.opened) > 1 {
			t.Errorf("%s: opened %+v", name, f.opened)
		}
	}
}

// A private channel that is shared with another organisation has another id from then on.
func TestAWatchedChannelThatHasAnotherIDIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		old  string
		told bool
	}{"watched": {"C0ENT", true}, "another": {"G0OTHER", false}} {
		f := newApp(t)
		var told []string
		f.App.Renamed = func(workspace, before, now string) { told = []string{workspace, before, now} }
		if _, err := f.send(event(`"type":"channel_id_changed","old_channel_id":"` + c.old + `","new_channel_id":"C0NEW"`)); err != nil {
			t.Fatal(err)
		}
		if c.told != slices.Equal(told, []string{"T0", "C0ENT", "C0NEW"}) || c.told != strings.Contains(f.log.String(), "now=C0NEW") {
			t.Errorf("%s: told %v, logged %s", name, told, f.log.String())
		}
	}
}
