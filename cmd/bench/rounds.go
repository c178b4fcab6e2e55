package main

// rounds is how often the program and the plain way take turns where speed is measured. Each is
// given its best round: whatever else the machine does can only slow a round down.
const rounds = 3

// best runs both, turn by turn, and returns the best rate of each.
func (b *bench) best(what string, program, plain func() (float64, error)) (programs, plains float64, err error) {
	for i := range rounds {
		p, err := program()
		if err != nil {
			return 0, 0, err
		}
		q, err := plain()
		if err != nil {
			return 0, 0, err
		}
		b.say("%s, round %d of %d: %s, the plain way %s", what, i+1, rounds, amount(p, "/s"), amount(q, "/s"))
		programs, plains = max(programs, p), max(plains, q)
	}
	return programs, plains, nil
}
