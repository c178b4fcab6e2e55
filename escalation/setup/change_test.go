package setup_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// edit is a change that Hana makes to channel C0NEW.
func edit(version int64, body setup.Body) setup.Edit {
	return setup.Edit{Workspace: team, Scope: setup.ChannelScope("C0NEW"), By: hana, Version: version, Body: body}
}

func under(name string) setup.Channel { return setup.Channel{Policy: name} }

// change makes a change that must succeed.
func change(t *testing.T, b *setup.Book, e setup.Edit) {
	t.Helper()
	if _, err := b.Change(t.Context(), e); err != nil {
		t.Fatalf("change from version %d: %v", e.Version, err)
	}
}

func TestAChangeIsInForceWhenItReturnsAndFoundByTheNextProcess(t *testing.T) {
	db := sqlitetest.Open(t)
	b := newBook(t, db)
	b.View(team)
	s, err := b.Change(t.Context(), edit(0, setup.Channel{Tiers: tiers}))
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != 1 || s.By != hana || !s.At.Equal(monday) {
		t.Errorf("signed %+v", s)
	}
	for name, book := range map[string]*setup.Book{"here": b, "in another process": newBook(t, db)} {
		settings := book.Settings(team)
		got := settings.Policies[settings.Channels["C0NEW"].For("high")]
		if diff := cmp.Diff(policy.Policy{Name: setup.OwnPolicy, Tiers: tiers}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if mark := book.View(team).Channels["C0NEW"].Mark; mark.Version != 1 || mark.By != hana || !mark.At.Equal(monday) {
			t.Errorf("%s, signed %+v", name, mark)
		}
	}
}

func TestAModalSubmittedTwiceChangesNothing(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	change(t, b, edit(0, under("teams")))
	for _, version := range []int64{0, 1} {
		if _, err := b.Change(t.Context(), edit(version, under("teams"))); !errors.Is(err, setup.ErrUnchanged) {
			t.Errorf("again from version %d: %v", version, err)
		}
	}
	if h, err := b.History(t.Context(), team, "channel/C0NEW", 10); err != nil || len(h) != 1 {
		t.Errorf("%d versions, %v", len(h), err)
	}
}

func TestWhoeverLooksAtAnOlderVersionChangesNothing(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	change(t, b, edit(0, under("teams")))
	late := edit(0, under("enterprise"))
	late.By = "U0LATE"
	_, err := b.Change(t.Context(), late)
	var conflict *setup.ConflictError
	if !errors.As(err, &conflict) || conflict.Latest.By != hana || conflict.Latest.Version != 1 {
		t.Errorf("changed from an old version: %v", err)
	}
	if _, err := b.Change(t.Context(), edit(7, under("enterprise"))); !errors.As(err, &conflict) {
		t.Errorf("changed from a version there never was: %v", err)
	}
	if got := b.Settings(team).Channels["C0NEW"].Policy; got != "teams" {
		t.Errorf("in force: %s", got)
	}
}

// outrun adds somebody's version just before each of its own.
type outrun struct {
	setup.Store
	by func(setup.Setting) setup.Setting
}

func (o outrun) AddSetting(ctx context.Context, s setup.Setting) (bool, error) {
	if _, err := o.Store.AddSetting(ctx, o.by(s)); err != nil {
		return false, err
	}
	return o.Store.AddSetting(ctx, s)
}

func TestTwoWhoChangeAtTheSameInstant(t *testing.T) {
	tests := map[string]struct {
		first func(setup.Setting) setup.Setting
		want  func(error) bool
	}{
		"differently": {
			func(s setup.Setting) setup.Setting {
				s.By, s.Body = "U0FAST", []byte(`{"policy":"enterprise"}`)
				return s
			},
			func(err error) bool {
				var c *setup.ConflictError
				return errors.As(err, &c) && c.Latest.By == "U0FAST"
			},
		},
		"the same": {
			func(s setup.Setting) setup.Setting { s.By = "U0FAST"; return s },
			func(err error) bool { return errors.Is(err, setup.ErrUnchanged) },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, outrun{sqlitetest.Open(t), test.first})
			if _, err := b.Change(t.Context(), edit(0, under("teams"))); !test.want(err) {
				t.Errorf("the slower one: %v", err)
			}
		})
	}
}

func TestAnythingCanBeTakenBackAndUndone(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	scope := setup.ChannelScope("C0NEW")
	change(t, b, edit(0, under("teams")))
	change(t, b, edit(1, setup.Channel{Tiers: tiers}))
	if _, err := b.Remove(t.Context(), team, scope, hana, 2); err != nil {
		t.Fatal(err)
	}
	if watches(b, "C0NEW") || b.View(team).Version(scope) != 3 {
		t.Errorf("taken back, and still there, at version %d", b.View(team).Version(scope))
	}
	if _, err := b.Remove(t.Context(), team, scope, hana, 3); !errors.Is(err, setup.ErrUnchanged) {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := b.Undo(t.Context(), edit(3, nil), 1); err != nil {
		t.Fatal(err)
	}
	if got := b.Settings(team).Channels["C0NEW"].Policy; got != "teams" {
		t.Errorf("after the undo: %q", got)
	}
	if _, err := b.Undo(t.Context(), edit(4, nil), 3); err != nil || watches(b, "C0NEW") {
		t.Errorf("back to where it was taken back: %v, watched %t", err, watches(b, "C0NEW"))
	}
	h, err := b.History(t.Context(), team, scope, 10)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, v := range h {
		bodies = append(bodies, string(v.Body))
		if v.By != hana || !v.At.Equal(monday) {
			t.Errorf("version %d is signed %s, %s", v.Version, v.By, v.At)
		}
	}
	own := `{"tiers":[{"after":600000000000,"notify":["on-shift"]},{"after":3600000000000,"notify":["@support"],"repeat":3600000000000}]}`
	if diff := cmp.Diff([]string{"", `{"policy":"teams"}`, "", own, `{"policy":"teams"}`}, bodies); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestOnlyTheLastTenVersionsCanBeGoneBackTo(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	for version := range int64(12) {
		change(t, b, edit(version, under([]string{"teams", "enterprise"}[version%2])))
	}
	for to, want := range map[int64]error{2: setup.ErrNoVersion, 99: setup.ErrNoVersion, 12: setup.ErrUnchanged} {
		if _, err := b.Undo(t.Context(), edit(12, nil), to); !errors.Is(err, want) {
			t.Errorf("back to %d: %v", to, err)
		}
	}
	if _, err := b.Undo(t.Context(), edit(12, nil), 3); err != nil {
		t.Errorf("back to the tenth last: %v", err)
	}
}

func TestAnUndoIsCheckedLikeAnyChange(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	b.SetBase(file(), "")
	change(t, b, edit(0, under("urgent")))
	change(t, b, edit(1, under("teams")))
	b.SetBase(func() *escalation.Settings { s := escalation.DefaultSettings(); return &s }(), "")
	var problems setup.Problems
	if _, err := b.Undo(t.Context(), edit(2, nil), 1); !errors.As(err, &problems) || problems[0].Field != setup.FieldPolicy {
		t.Errorf("back to a policy that is gone: %v", err)
	}
	if _, err := b.Undo(t.Context(), edit(1, nil), 1); err == nil {
		t.Error("undone from an old version")
	}
}

func TestWhatIsWrongIsNotStored(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	_, err := b.Change(t.Context(), edit(0, under("gold")))
	var problems setup.Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Errorf("an unknown policy: %v", err)
	}
	if h, err := b.History(t.Context(), team, "channel/C0NEW", 10); err != nil || len(h) > 0 {
		t.Errorf("%d versions, %v", len(h), err)
	}
}

func TestWhatTheFileSetsCannotBeChangedFromSlack(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	b.SetBase(file(), "")
	ana := setup.Engineer{Name: "Ana Silva", Slack: "U0ANA"}
	for scope, body := range map[string]setup.Body{"channel/C0FILE": under("enterprise"), "engineer/U0ANA": ana} {
		if _, err := b.Change(t.Context(), setup.Edit{Workspace: team, Scope: scope, By: hana, Body: body}); !errors.Is(err, setup.ErrFromFile) {
			t.Errorf("%s: %v", scope, err)
		}
		if _, err := b.Remove(t.Context(), team, scope, hana, 0); !errors.Is(err, setup.ErrFromFile) {
			t.Errorf("%s, taken back: %v", scope, err)
		}
	}
	if _, err := b.Change(t.Context(), setup.Edit{Workspace: team, Scope: "pause/C0FILE", By: hana, Body: setup.Pause{Until: monday.Add(time.Hour)}}); err != nil {
		t.Errorf("its pause: %v", err)
	}
}

func TestAChangeInOneWorkspaceLeavesTheSameChannelOfAnotherAlone(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	change(t, b, edit(0, under("teams")))
	if v := b.View(other); len(v.Channels) > 0 || v.Version("channel/C0NEW") != 0 {
		t.Errorf("seen elsewhere: %+v", v.Channels)
	}
	there := edit(0, under("enterprise"))
	there.Workspace = other
	change(t, b, there)
	if got := b.Settings(team).Channels["C0NEW"].Policy; got != "teams" {
		t.Errorf("changed from elsewhere: %s", got)
	}
	if h, err := b.History(t.Context(), other, "channel/C0NEW", 10); err != nil || len(h) != 1 {
		t.Errorf("%d versions elsewhere, %v", len(h), err)
	}
}

func TestEveryKindOfBodyIsKeptAndUndone(t *testing.T) {
	b := newBook(t, sqlitetest.Open(t))
	who := setup.Person{Slack: "U0BOB", Name: "Bob Lee"}
	absence := setup.Absence{Kind: setup.Away, Who: who, From: monday, To: monday.Add(time.Hour)}
	for _, c := range []struct {
		scope string
		body  setup.Body
		seen  func(*setup.View) bool
	}{
		{"engineer/U0BOB", bob, func(v *setup.View) bool { return len(v.Engineers) == 1 }},
		{absence.Scope(), absence, func(v *setup.View) bool { return len(v.Absences) == 1 && len(v.Changes) == 1 }},
		{"pause/C0NEW", setup.Pause{Until: monday.Add(time.Hour)}, func(v *setup.View) bool { return len(v.Settings.Paused) == 1 }},
		{"admins", setup.Admins{Users: []string{hana}}, func(v *setup.View) bool { return len(v.Settings.Admins) == 1 }},
	} {
		e := setup.Edit{Workspace: team, Scope: c.scope, By: hana, Body: c.body}
		change(t, b, e)
		if !c.seen(b.View(team)) {
			t.Errorf("%s is not in force", c.scope)
		}
		if _, err := b.Remove(t.Context(), team, c.scope, hana, 1); err != nil || c.seen(b.View(team)) {
			t.Errorf("%s taken back: %v, still there %t", c.scope, err, c.seen(b.View(team)))
		}
		e.Version = 2
		if _, err := b.Undo(t.Context(), e, 1); err != nil || !c.seen(b.View(team)) {
			t.Errorf("%s undone: %v, there %t", c.scope, err, c.seen(b.View(team)))
		}
	}
}

func TestADatabaseThatIsAwayIsSaid(t *testing.T) {
	m := &memory{}
	b := newBook(t, m)
	b.View(team)
	m.set(func(m *memory) { m.err = errAway })
	if _, err := b.Change(t.Context(), edit(0, under("teams"))); !errors.Is(err, errAway) {
		t.Errorf("change: %v", err)
	}
	if _, err := b.Undo(t.Context(), edit(0, nil), 1); !errors.Is(err, errAway) {
		t.Errorf("undo: %v", err)
	}
}
