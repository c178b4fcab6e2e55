package slacktest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Fault strikes calls of the Web API.
type Fault struct {
	Method string          // "": every method
	When   func(Call) bool // nil: every call; called without locks
	Times  int             // 0: until cleared
	Do     Effect
}

// Injected is a fault at work.
type Injected struct {
	w     *Workspace
	fault Fault
	pick  func() (Effect, bool) // which effect strikes this time, if any
	hits  int
}

// Inject sets a fault to work. Of several that fit a call, the one injected first strikes.
func (w *Workspace) Inject(f Fault) *Injected {
	return w.inject(f, func() (Effect, bool) { return f.Do, true })
}

// Chaos strikes each call of a method ("": of every method) with probability p, by one of the
// effects, all equally likely. What is drawn depends on rnd and on the order of the calls.
func (w *Workspace) Chaos(rnd *rand.Rand, p float64, method string, effects ...Effect) *Injected {
	return w.inject(Fault{Method: method}, func() (Effect, bool) {
		if len(effects) == 0 || rnd.Float64() >= p {
			return Effect{}, false
		}
		return effects[rnd.IntN(len(effects))], true
	})
}

// RefuseBlocks makes Slack refuse messages with blocks of a kind, as it does where it does not know the kind yet.
func (w *Workspace) RefuseBlocks(kind string) *Injected {
	return w.Inject(Fault{Do: Refused("invalid_blocks"), When: func(c Call) bool {
		var list []struct {
			Type string `json:"type"`
		}
		if json.Unmarshal([]byte(c.Args["blocks"]), &list) != nil {
			return false
		}
		for _, b := range list {
			if b.Type == kind {
				return true
			}
		}
		return false
	}})
}

func (w *Workspace) inject(f Fault, pick func() (Effect, bool)) *Injected {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := &Injected{w: w, fault: f, pick: pick}
	w.faults = append(w.faults, i)
	return i
}

// Clear ends the fault. Calls that hang already go on hanging.
func (i *Injected) Clear() {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	i.w.faults = slices.DeleteFunc(i.w.faults, func(x *Injected) bool { return x == i })
}

// Hits is how many calls it struck.
func (i *Injected) Hits() int {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	return i.hits
}

// strike finds the fault that a call runs into.
func (w *Workspace) strike(c *Call) (Effect, bool) {
	w.mu.Lock()
	faults, call := slices.Clone(w.faults), *c
	w.mu.Unlock()
	for _, i := range faults {
		if i.fits(call) {
			if effect, struck := i.draw(c); struck {
				return effect, true
			}
		}
	}
	return Effect{}, false
}

func (i *Injected) fits(call Call) bool {
	if i.fault.Method != "" && i.fault.Method != call.Method {
		return false
	}
	return i.fault.When == nil || i.fault.When(call)
}

// draw takes one of the times a fault may strike, unless others have taken them all.
func (i *Injected) draw(c *Call) (Effect, bool) {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	if i.fault.Times > 0 && i.hits >= i.fault.Times {
		return Effect{}, false
	}
	effect, struck := i.pick()
	if !struck {
		return Effect{}, false
	}
	i.hits++
	c.Fault = effect.String()
	i.w.changed()
	return effect, true
}

// String names the effect, as Call.Fault shows it.
func (e Effect) String() string {
	if e.after {
		return fmt.Sprintf("%s after accepting", e.name)
	}
	return e.name
}
