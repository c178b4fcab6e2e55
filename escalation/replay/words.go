package replay

import (
	"cmp"
	"fmt"
	"strconv"
)

// Sentence says in one sentence what would have been otherwise.
func (r Result) Sentence() string {
	if r.Before.All() == 0 {
		return "No ticket came in."
	}
	from := func(of string, before, after int) string {
		if before == after {
			return fmt.Sprintf("%s %s as before", of, thousands(after))
		}
		return fmt.Sprintf("%s %s → %s", of, thousands(before), thousands(after))
	}
	return from("Reminders", r.Before.Reminders, r.After.Reminders) + ", " + from("by night", r.Before.Night, r.After.Night) + ", " +
		from("breaches", r.Before.Breached, r.After.Breached) + "."
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Pair is somebody, as it was and as it would be.
type Pair struct {
	Called     string
	Was, Would Person
}

// Both puts the people of both sides together: those of before in their order, and then those who are new.
func (r Result) Both() (all []Pair) {
	at := map[[2]string]int{}
	for _, p := range r.Before.People {
		at[[2]string{p.Workspace, p.ID}] = len(all)
		all = append(all, Pair{Called: cmp.Or(p.Name, p.ID), Was: p})
	}
	for _, p := range r.After.People {
		i, met := at[[2]string{p.Workspace, p.ID}]
		if !met {
			i, all = len(all), append(all, Pair{Called: cmp.Or(p.Name, p.ID)})
		}
		all[i].Would = p
	}
	return all
}
