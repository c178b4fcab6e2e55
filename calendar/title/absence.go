package title

import "slices"

// guard takes out words for absence that speak of none: "vacation planning", "holiday cover", "back
// from leave", "kick-off".
func (s *statement) guard() {
	for i := 0; i < len(s.items); i++ {
		if s.is(i, absent, off, leave, holiday, public) && (s.modifies(i) || s.isModified(i) || s.isCovered(i) || s.isAround(i) || s.isLoose(i)) {
			s.drop(i)
			i--
		}
	}
}

// modifies says that a word for absence says what the next one is about. "Ana vacation cover: Ben" is
// Ana's vacation all the same.
func (s *statement) modifies(i int) bool {
	if !s.follows(i+1) || !s.is(i+1, topic, duty, cover, deputy, backup) {
		return false
	}
	hers := s.is(i-1, name) && s.follows(i) && s.is(i+2, name)
	return !hers
}

// isModified says that a holiday is the one on which a duty falls, as languages say it that put the
// duty first: "guardia festivo: Ana".
func (s *statement) isModified(i int) bool {
	return s.is(i, holiday, public) && s.is(i-1, duty, cover, deputy) && (s.follows(i) || s.items[i].parenthesis && !s.isTaken(i-1))
}

// isCovered says that a duty, not a person, is what is covered: "Ana covers sickness".
func (s *statement) isCovered(i int) bool {
	verb := i - 1
	if s.is(verb, behalf) && s.follows(verb) {
		verb--
	}
	return s.follows(i) && s.is(verb, covers, cover) && !(s.follows(i+1) && s.is(i+1, name, of))
}

// isAround says that a word for absence means another time than the event's, or of none. "During
// vacation of Ben" is Ben's all the same.
func (s *statement) isAround(i int) bool {
	if s.is(i+1, of) && s.is(i+2, name) {
		return false
	}
	if s.follows(i) && s.is(i-1, around, not, except) {
		return true
	}
	return s.follows(i) && s.follows(i-1) && s.is(i-1, of, behalf) && s.is(i-2, around, topic)
}

// isLoose says that "off" and its like are a part of something else: they have to come right after a
// name, or begin a part of the title.
func (s *statement) isLoose(i int) bool {
	if !s.is(i, off, leave) {
		return false
	}
	if i > 0 && s.items[i].before < loose && !s.is(i-1, name, absent, off, not) {
		return true
	}
	if s.is(i-1, name) && s.follows(i) && s.is(i+1, name) && s.follows(i+1) {
		return true // "✅ Ana ❌ Ben": it may be said of either
	}
	if !s.follows(i + 1) {
		return false
	}
	return s.items[i+1].joined || s.is(i+1, of) || s.is(i, leave) && s.is(i+1, unknown)
}

// bind finds who is away: those named in the same part of the title, or those named before it, or
// those named after it.
func (s *statement) bind() {
	for i, it := range s.items {
		switch it.sense {
		case absent, off, leave, holiday, public:
		default:
			continue
		}
		group, names := s.awayAt(i)
		if it.because && group >= 0 && group < i && s.onDuty(group) {
			continue // it is why they are on
		}
		if it.sense != absent && (group < 0 && s.duty || group >= 0 && s.onDuty(group)) {
			continue // people are on duty over holidays, and off after it
		}
		say(names, away)
		if it.sense == public {
			s.absence = max(s.absence, Public)
		} else {
			s.absence = Personal
		}
	}
}

// awayAt are the names that a word for absence is said of, and the item that holds them; -1: nobody's.
func (s *statement) awayAt(i int) (int, []named) {
	whole := func(j int) (int, []named) { return j, s.items[j].names }
	for j := i; s.follows(j); j-- {
		if s.canBeAway(j - 1) {
			return whole(j - 1)
		}
	}
	for j := i + 1; s.follows(j); j++ {
		if s.canBeAway(j) {
			return whole(j)
		}
	}
	left, right := i-1, s.openAfter(i)
	for left >= 0 && !s.canBeAway(left) {
		left--
	}
	switch {
	case left >= 0 && s.items[i].parenthesis:
		return left, s.items[left].names[s.items[left].end():]
	case right >= 0 && (left < 0 || right == i+1 && s.items[right].before == colon || s.onDuty(left)):
		return whole(right)
	case left >= 0:
		return whole(left)
	}
	return -1, nil
}

func (s *statement) isOpen(i int) bool { return s.is(i, name) && s.items[i].open() }

// canBeAway says that a group holds somebody of whom nothing is said yet, or that they are covered.
func (s *statement) canBeAway(i int) bool {
	return s.is(i, name) && slices.ContainsFunc(s.items[i].names, func(n named) bool { return n.role == plainly || n.role == covered })
}

func (s *statement) openBefore(i int) int {
	for i--; i >= 0 && !s.isOpen(i); i-- {
	}
	return i
}

func (s *statement) openAfter(i int) int {
	for i++; i < len(s.items); i++ {
		if s.isOpen(i) {
			return i
		}
	}
	return -1
}

// onDuty says that a duty is named with a group: "Ana on-call", "On-call: Ana", "Ana – on-call".
func (s *statement) onDuty(i int) bool {
	after := s.is(i+1, duty) && !(s.is(i+2, name) && s.items[i+2].before == colon)
	if after || s.is(i-1, duty) && !s.isTaken(i-1) {
		return true
	}
	for j := i + 1; s.follows(j) && !s.is(j, name); j++ {
		if s.is(j, duty) {
			return true
		}
	}
	return false
}

// isTaken says that a duty is already that of the name right before it: "Ana on-call", "Ana: on-call".
func (s *statement) isTaken(i int) bool {
	return (s.follows(i) || s.items[i].before == colon) && s.is(i-1, name)
}
