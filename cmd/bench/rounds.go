package main

// rounds is how often the program and what it is held against take turns where speed is measured. Each is
// given its best round: other work of the machine can only slow a round down.
const rounds = 3

// best runs both, turn by turn, and returns the best rate of each.
func (b *bench) best(what, other string, program, others func() (float64, error)) (ours, theirs float64, err error) {
	for i := range rounds {
		p, err := program()
		if err != nil {
			return 0, 0, err
		}
		q, err := others()
		if err != nil {
			return 0, 0, err
		}
		b.say("%s, round %d of %d: %s, %s %s", what, i+1, rounds, amount(p, "/s"), other, amount(q, "/s"))
		ours, theirs = max(ours, p), max(theirs, q)
	}
	return ours, theirs, nil
}
