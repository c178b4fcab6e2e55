package storetest

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

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
