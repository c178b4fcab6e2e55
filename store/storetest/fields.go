package storetest

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

var fields = map[string]func(*testing.T, store.Store){
	"every field of a timeline survives its opening": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[escalation.Timeline](t)
		want.ID, want.Version, want.State = id(1, 1), 1, escalation.Open
		same(t, "read back", open(t, s, want)[0], want)
	},
	"every field of a timeline that may change survives a change": func(t *testing.T, s store.Store) {
		opened := open(t, s, ticket(1))[0]
		want := fieldstest.Filled[escalation.Timeline](t)
		want.ID, want.Version, want.Thread, want.PostedAt = opened.ID, opened.Version, opened.Thread, opened.PostedAt
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &want}}))(t), []escalation.Saved{escalation.SavedOK})
		want.Version++
		same(t, "read back", load(t, s, want)[0], want)
		same(t, "emptied again", emptied(t, s, want).Owner, escalation.Owner{})
	},
	"every field of an event survives": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		want := fieldstest.Filled[escalation.Event](t)
		want.Timeline = tl.ID
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Events: []escalation.Event{want}}}))(t)
		same(t, "read back", must(s.History(t.Context(), tl.ID))(t)[1], want)
	},
	"every field of a desk's event survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[desk.Event](t)
		ok(t, s.HearDesk(t.Context(), want, t0))
		same(t, "read back", must(s.EarlyDesk(t.Context(), want.Workspace, want.TicketID, t0))(t), []desk.Event{want})
	},
	"every field of an installation survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[setup.Installation](t)
		ok(t, s.SaveInstallation(t.Context(), want))
		same(t, "read back", must(s.Installations(t.Context()))(t), []setup.Installation{want})
	},
	"every field of a setting survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[setup.Setting](t)
		want.Version = 1
		same(t, "added", must(s.AddSetting(t.Context(), want))(t), true)
		same(t, "in force", must(s.Settings(t.Context(), want.Workspace))(t), []setup.Setting{want})
		same(t, "versions", must(s.SettingVersions(t.Context(), want.Workspace, want.Scope, 1))(t), []setup.Setting{want})
	},
}

// emptied saves a timeline without all that it need not have.
func emptied(t *testing.T, s store.Store, tl escalation.Timeline) escalation.Timeline {
	t.Helper()
	bare := ticket(1)
	bare.Version = tl.Version
	must(s.Save(t.Context(), []escalation.Change{{Timeline: &bare}}))(t)
	got := load(t, s, tl)[0]
	bare.Version++
	same(t, "timeline", got, bare)
	return got
}
