package table

import (
	"slices"
	"strings"
	"testing"
)

// nobody are the columns that name no person: a new column has to stand here, or among People.
var nobody = strings.Fields(`
	timelines.workspace timelines.channel timelines.thread_ts timelines.moved_ts timelines.ticket_id timelines.policy timelines.state
	history.kind
	rosters.workspace
	mentions.workspace mentions.channel mentions.ts mentions.thread_ts
	jobs.queue jobs.state jobs.worker jobs.pace jobs.gates jobs.look_gates
	job_attempts.kind
	gates.key gates.reason
	desk_events.ticket_id desk_events.kind desk_events.workspace
	once.key
	installations.workspace installations.name installations.app_id installations.bot_user installations.bot_id
	installations.scopes installations.token
	settings.workspace`)

func TestOfEachTextItIsKnownWhetherItNamesPeople(t *testing.T) {
	people := map[string]bool{}
	for _, w := range People() {
		for _, c := range w.Texts {
			people[w.Name+"."+c] = true
		}
	}
	for _, table := range All() {
		for _, c := range table.Columns {
			if c.Kind != Text && c.Kind != Bytes {
				continue
			}
			name := table.Name + "." + c.Name
			if people[name] == slices.Contains(nobody, name) {
				t.Errorf("%s: say in People whether somebody may be named in it, or here that nobody is", name)
			}
			delete(people, name)
		}
	}
	for name := range people {
		t.Errorf("%s is in People, and there is no such text", name)
	}
}
