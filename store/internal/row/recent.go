package row

import (
	"slices"
	"sync"

	"github.com/slabuddy/slabuddy/escalation"
)

// Recent remembers bodies that were read and decoded a moment ago. The timeline of a reminder is read just
// before it is sent, and again, locked, once that is done: it has seldom changed in between, and decoding
// takes longer than all the rest of the reading.
type Recent struct {
	mu sync.Mutex
	of map[string]decoded // by timeline
}

// decoded is a body beside its JSON.
type decoded struct {
	js   string
	body body
}

// mostRecent bounds what is remembered: some more than there are jobs on their way in a busy process.
const mostRecent = 500

// Remembering scans TimelineColumns, and remembers the body.
func Remembering[S Stamp](r *Recent) func(Scanner) (escalation.Timeline, error) {
	return func(from Scanner) (escalation.Timeline, error) { return scanTimeline[S](from, r.remembered) }
}

// Recalling scans TimelineColumns, and decodes only a body that is another than the one remembered. Each is
// recalled once. Lists that grow are copied: whoever read the body first still has them.
func Recalling[S Stamp](r *Recent) func(Scanner) (escalation.Timeline, error) {
	return func(from Scanner) (escalation.Timeline, error) { return scanTimeline[S](from, r.recalled) }
}

func (r *Recent) remembered(id string, js []byte) (body, error) {
	b, err := readBody(id, js)
	if err == nil {
		r.put(id, decoded{string(js), b})
	}
	return b, err
}

func (r *Recent) recalled(id string, js []byte) (body, error) {
	known, ok := r.take(id)
	if !ok || known.js != string(js) {
		return readBody(id, js)
	}
	b := known.body
	b.Posts, b.DeskHeard = slices.Clone(b.Posts), slices.Clone(b.DeskHeard)
	return b, nil
}

func (r *Recent) put(id string, d decoded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil || len(r.of) >= mostRecent {
		r.of = make(map[string]decoded, mostRecent)
	}
	r.of[id] = d
}

func (r *Recent) take(id string) (d decoded, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok = r.of[id]
	delete(r.of, id)
	return d, ok
}
