package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

var settingUp = map[string]func(*testing.T, store.Store){
	"a setting is added only as the next version of its scope": func(t *testing.T, s store.Store) {
		for _, c := range []struct {
			scope   string
			version int64
			added   bool
		}{
			{"a", 0, false}, {"a", 2, false}, {"a", 1, true}, {"a", 1, false}, {"a", 3, false}, {"a", 2, true},
			{"b", 2, false}, {"b", 1, true},
		} {
			same(t, fmt.Sprint("version ", c.version, " of ", c.scope), set(t, s, setting(c.scope, c.version)), c.added)
		}
		elsewhere := setting("a", 1)
		elsewhere.Workspace = "T2"
		same(t, "in another workspace", set(t, s, elsewhere), true)
	},
	"of many who add the same version at once, one does": func(t *testing.T, s store.Store) {
		for version := range int64(3) {
			added := winners(t, 16, func(i int) (bool, error) {
				v := setting("a", version+1)
				v.By = fmt.Sprint("U", i)
				return s.AddSetting(t.Context(), v)
			})
			same(t, "added", added, 1)
		}
		same(t, "versions", len(must(s.SettingVersions(t.Context(), "T1", "a", 10))(t)), 3)
	},
	"in force is the latest version of each scope of a workspace": func(t *testing.T, s store.Store) {
		elsewhere := setting("a", 1)
		elsewhere.Workspace = "T2"
		for _, v := range []setup.Setting{setting("b", 1), setting("a", 1), setting("a", 2), elsewhere} {
			set(t, s, v)
		}
		for i := range int64(11) { // versions are numbers, not texts
			set(t, s, setting("c", i+1))
		}
		same(t, "in force", must(s.Settings(t.Context(), "T1"))(t),
			[]setup.Setting{setting("a", 2), setting("b", 1), setting("c", 11)})
		same(t, "elsewhere", must(s.Settings(t.Context(), "T2"))(t), []setup.Setting{elsewhere})
		same(t, "nowhere", len(must(s.Settings(t.Context(), "T3"))(t)), 0)
	},
	"what is taken back is a version of its own, without a body": func(t *testing.T, s store.Store) {
		set(t, s, setting("a", 1))
		back := setting("a", 2)
		back.Body = nil
		set(t, s, back)
		same(t, "in force", must(s.Settings(t.Context(), "T1"))(t), []setup.Setting{back})
	},
	"who has set something up is told by workspace, without those who took it back": func(t *testing.T, s store.Store) {
		for _, workspace := range []string{"T3", "T1", "T2"} {
			for version := range int64(11) { // versions are numbers, not texts
				v := setting("a", version+1)
				v.Workspace = workspace
				if workspace == "T2" && version == 10 {
					v.Body = nil
				}
				set(t, s, v)
			}
		}
		set(t, s, setting("b", 1))
		same(t, "a", must(s.WorkspacesWith(t.Context(), "a"))(t), []string{"T1", "T3"})
		same(t, "b", must(s.WorkspacesWith(t.Context(), "b"))(t), []string{"T1"})
		same(t, "c", len(must(s.WorkspacesWith(t.Context(), "c"))(t)), 0)
	},
	"versions are told newest first, no more than asked for": func(t *testing.T, s store.Store) {
		for i := range int64(11) {
			set(t, s, setting("a", i+1))
		}
		set(t, s, setting("b", 1))
		same(t, "the last two", must(s.SettingVersions(t.Context(), "T1", "a", 2))(t),
			[]setup.Setting{setting("a", 11), setting("a", 10)})
		same(t, "all", len(must(s.SettingVersions(t.Context(), "T1", "a", 100))(t)), 11)
		same(t, "none", len(must(s.SettingVersions(t.Context(), "T1", "a", 0))(t)), 0)
		same(t, "of another workspace", len(must(s.SettingVersions(t.Context(), "T2", "a", 100))(t)), 0)
	},
	"bytes that no text may hold fail no write": func(t *testing.T, s store.Store) {
		v := setup.Setting{Workspace: odd, Scope: odd, Version: 1, At: t0, By: odd, Body: []byte(odd)}
		same(t, "added", set(t, s, v), true)
		same(t, "body", must(s.SettingVersions(t.Context(), odd, odd, 1))(t)[0].Body, v.Body)
		install(t, s, setup.Installation{Workspace: odd, Name: odd, Scopes: []string{odd}, Token: []byte(odd)})
		ok(t, s.EndInstallation(t.Context(), odd, t0, odd))
		same(t, "token", must(s.Installations(t.Context()))(t)[0].Token, []byte(odd))
		e := desk.Event{TicketID: odd, Kind: odd, Cause: odd}
		hear(t, s, e, 0)
		same(t, "events", len(earlyDesk(t, s, odd, 0)), 1)
		same(t, "key", claimKey(t, s, odd, 0), true)
		same(t, "key again", claimKey(t, s, odd, 0), false)
	},
	"whoever listens hears in which workspace something was set up": func(t *testing.T, s store.Store) {
		heard := listen(t, s)
		set(t, s, setting("a", 1))
		await(t, heard, "settings/T1")
	},
}

func setting(scope string, version int64) setup.Setting {
	return setup.Setting{
		Workspace: "T1", Scope: scope, Version: version, At: after(time.Duration(version) * time.Minute),
		By: "U1", Body: []byte(fmt.Sprintf(`{"version":%d}`, version)),
	}
}

func set(t *testing.T, s store.Store, v setup.Setting) bool {
	t.Helper()
	return must(s.AddSetting(t.Context(), v))(t)
}

var installing = map[string]func(*testing.T, store.Store){
	"installations are listed by workspace, the ended ones included": func(t *testing.T, s store.Store) {
		same(t, "at first", len(must(s.Installations(t.Context()))(t)), 0)
		a, b := installation("T1", 0), installation("T2", 0)
		install(t, s, b)
		install(t, s, a)
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Hour), "uninstalled"))
		a.EndedAt, a.EndedWhy = after(time.Hour), "uninstalled"
		same(t, "all", must(s.Installations(t.Context()))(t), []setup.Installation{a, b})
	},
	"one installation is read without the others": func(t *testing.T, s store.Store) {
		a := installation("T1", 0)
		install(t, s, a)
		install(t, s, installation("T2", 0))
		read := func(workspace string) (setup.Installation, bool) {
			t.Helper()
			i, found, err := s.Installation(t.Context(), workspace)
			ok(t, err)
			return i, found
		}
		i, found := read("T1")
		same(t, "T1", i, a)
		same(t, "T1 is found", found, true)
		_, found = read("T3")
		same(t, "T3 is found", found, false)
	},
	"another install takes the place of the earlier one, its end included": func(t *testing.T, s store.Store) {
		first, again := installation("T1", 0), installation("T1", time.Hour)
		install(t, s, first)
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Minute), "uninstalled"))
		again.Scopes, again.Token, again.InstalledBy = []string{"commands"}, []byte("another"), "U2"
		install(t, s, again)
		same(t, "all", must(s.Installations(t.Context()))(t), []setup.Installation{again})
	},
	"an installation ends once": func(t *testing.T, s store.Store) {
		i := installation("T1", 0)
		install(t, s, i)
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Minute), "uninstalled"))
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Hour), "its token was revoked"))
		i.EndedAt, i.EndedWhy = after(time.Minute), "uninstalled"
		same(t, "all", must(s.Installations(t.Context()))(t), []setup.Installation{i})
	},
	"word of an end that comes after another install does not end that": func(t *testing.T, s store.Store) {
		i := installation("T1", time.Hour)
		install(t, s, i)
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Minute), "uninstalled"))
		same(t, "all", must(s.Installations(t.Context()))(t), []setup.Installation{i})
	},
	"the end of what was never installed is nothing": func(t *testing.T, s store.Store) {
		install(t, s, installation("T1", 0))
		ok(t, s.EndInstallation(t.Context(), "T2", after(time.Hour), "uninstalled"))
		same(t, "all", must(s.Installations(t.Context()))(t), []setup.Installation{installation("T1", 0)})
	},
	"whoever listens hears of installs and their ends": func(t *testing.T, s store.Store) {
		heard := listen(t, s)
		install(t, s, installation("T1", 0))
		await(t, heard, "installations/T1")
		ok(t, s.EndInstallation(t.Context(), "T1", after(time.Hour), "uninstalled"))
		await(t, heard, "installations/T1")
	},
}

// installation is one made so long after t0.
func installation(workspace string, at time.Duration) setup.Installation {
	return setup.Installation{
		Workspace: workspace, Name: "Example", AppID: "A1", BotUser: "UBOT", BotID: "B1",
		Scopes: []string{"chat:write", "commands"}, Token: []byte("sealed\x00\xff"), InstalledBy: "U1",
		InstalledAt: after(at), UpdatedAt: after(at),
	}
}

func install(t *testing.T, s store.Store, i setup.Installation) {
	t.Helper()
	ok(t, s.SaveInstallation(t.Context(), i))
}
