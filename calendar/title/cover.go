package title

// relate finds who is on for whom.
func (s *statement) relate() {
	inOrder := s.isOrder()
	for i := range s.items {
		switch it := &s.items[i]; it.sense {
		case covers, takes:
			s.verb(i)
		case cover, deputy, backup:
			s.noun(i)
		case coveredBy:
			s.passive(i)
		case insteadOf, not:
			s.instead(i)
		case behalf:
			s.onBehalf(i)
		case swap:
			s.swapped(i)
		case mention, until:
			if s.is(i+1, name) {
				say(s.items[i+1].names, beside)
			}
		case except, leftOut:
			s.but(i)
		case name:
			if !inOrder {
				s.arrow(i)
			}
		}
	}
}

// isOrder says that arrows lead through an order, as in "Escalation: Ana -> Ben -> Will".
func (s *statement) isOrder() bool {
	arrows := 0
	for _, it := range s.items {
		if it.sense == chain {
			return true
		}
		if it.before >= backward && it.sense == name {
			arrows++
		}
	}
	return arrows > 1
}

// subject is the group right before i, duties between them left out: "Ana on-call covering". -1: none.
func (s *statement) subject(i int) int {
	for i > 0 && s.follows(i) && s.is(i-1, duty) {
		i--
	}
	if s.follows(i) && s.is(i-1, name) {
		return i - 1
	}
	return -1
}

// object is the group after i in the same part of the title, and whether a "for" or "of" leads to it:
// "covers the shift of Ana". -1: none.
func (s *statement) object(i int) (at int, led bool) {
	for i++; s.follows(i); i++ {
		switch {
		case s.is(i, name):
			return i, led
		case s.is(i, behalf, of, by):
			led = true
		case !s.is(i, duty):
			return -1, false
		}
	}
	return -1, false
}

// last are those at the end of a group who are the subject of what follows.
func (s *statement) last(i int) []named { return s.items[i].names[s.items[i].end():] }

// verb reads "Ben covers Ana", "Ana OOO, Ben covers", "Covering for Ana: Ben".
func (s *statement) verb(i int) {
	subject := s.subject(i)
	object, _ := s.object(i)
	if subject >= 0 {
		say(s.last(subject), inPlace)
	}
	switch {
	case object >= 0:
		say(s.items[object].names, covered)
	case subject >= 0 && !s.follows(i+1):
		s.coveredBefore(subject)
	}
}

// coveredBefore are those named just before a cover: the rest of the cover's own list, or the group
// before it, unless they are on duty themselves.
func (s *statement) coveredBefore(subject int) {
	if rest := s.items[subject].names[:s.items[subject].end()]; len(rest) > 0 {
		say(rest, covered)
		return
	}
	if before := s.openBefore(subject); before >= 0 {
		if s.owns(before) || !s.onDuty(before) {
			say(s.items[before].names, covered)
		}
	}
}

// noun reads "Cover: Ben", "Ben (cover)", "Ben cover for Ana", "Ana – Vertretung Ben".
func (s *statement) noun(i int) {
	subject := s.subject(i)
	object, led := s.object(i)
	switch {
	case object >= 0 && s.is(object+1, by) && s.is(object+2, name): // "Vertretung Ana durch Ben"
		say(s.items[object].names, covered)
		say(s.items[object+2].names, inPlace)
	case object >= 0 && (led || s.isTaker(object+1) || subject >= 0 && (s.is(i, cover) || s.isAway(object))): // B is covered
		say(s.items[object].names, covered)
		if subject >= 0 {
			say(s.last(subject), inPlace)
		} else if s.is(object+1, name) {
			say(s.items[object+1].names, inPlace)
		}
	case object >= 0 || s.is(i+1, name) && s.items[i+1].before > loose: // A takes it
		say(s.items[max(object, i+1)].names, inPlace)
		if before := i - 1; s.isOpen(before) && !s.is(i, backup) && s.items[before].before != colon && !s.onDuty(before) {
			say(s.items[before].names, covered)
		}
	case subject >= 0 && s.owns(subject) && s.openBefore(subject) >= 0: // "Ben – Ana's cover"
		say(s.last(subject), covered)
	case subject >= 0:
		say(s.last(subject), inPlace)
	case s.is(i-1, name) && (s.items[i].parenthesis || s.items[i].before == apart):
		say(s.last(i-1), inPlace)
	}
}

// isTaker says that a group comes after a colon, as in "Cover Ana: Ben".
func (s *statement) isTaker(i int) bool { return s.is(i, name) && s.items[i].before == colon }

// owns says that a group ends in the possessive: "Ana's".
func (s *statement) owns(i int) bool { return s.items[i].names[len(s.items[i].names)-1].owns }

// isAway says that a word for absence comes right after a group, or in parentheses there.
func (s *statement) isAway(i int) bool {
	return s.is(i+1, absent, off, leave, holiday) && (s.follows(i+1) || s.items[i+1].parenthesis)
}

// passive reads "Ana covered by Ben".
func (s *statement) passive(i int) {
	if !s.is(i+1, name) {
		return
	}
	say(s.items[i+1].names, inPlace)
	if before := s.openBefore(i); before >= 0 {
		say(s.items[before].names, covered)
	}
}

// instead reads "Ben instead of Ana", "Ben, not Ana", "Ben (was: Ana)".
func (s *statement) instead(i int) {
	object, led := s.object(i)
	if object < 0 && s.items[i].parenthesis && s.isTaker(i+1) {
		object = i + 1
	}
	if object < 0 || s.is(i, not) && (led || object != i+1) {
		return
	}
	say(s.items[object].names, covered)
	if subject := s.subject(i); subject >= 0 {
		say(s.last(subject), inPlace)
	}
}

// onBehalf reads "Ben for Ana", "Ben on-call (for Ana)".
func (s *statement) onBehalf(i int) {
	if !s.follows(i+1) || !s.is(i+1, name) {
		return
	}
	subject := s.subject(i)
	if subject < 0 && s.items[i].before == apart {
		for subject = i - 1; s.is(subject, duty) && s.follows(subject); subject-- {
		}
	}
	if s.is(subject, name) {
		say(s.last(subject), inPlace)
		say(s.items[i+1].names, covered)
	}
}

// swapped reads "Swap Ana for Ben", "Ben (swapped with Ana)", in which Ben comes; arrows are read by themselves.
func (s *statement) swapped(i int) {
	if (s.items[i].parenthesis || s.items[i].before == apart) && s.is(i-1, name) && s.follows(i+1) && s.is(i+1, by) && s.follows(i+2) && s.is(i+2, name) {
		say(s.last(i-1), inPlace)
		say(s.items[i+2].names, covered)
	}
	if s.follows(i+1) && s.is(i+1, name) && s.follows(i+2) && s.is(i+2, behalf, by) && s.follows(i+3) && s.is(i+3, name) {
		say(s.items[i+1].names, covered)
		say(s.items[i+3].names, inPlace)
	}
}

// arrow reads "Ana -> Ben", in which Ben comes, and "Ben <- Ana".
func (s *statement) arrow(i int) {
	before := s.openBefore(i)
	if before < 0 {
		return
	}
	switch s.items[i].before {
	case forward:
		say(s.items[before].names, covered)
		say(s.items[i].names, inPlace)
	case backward:
		say(s.items[before].names, inPlace)
		say(s.items[i].names, covered)
	}
}

// but reads "everyone except Ben", "all, Ben excluded". "Nobody except Ben" is Ben alone.
func (s *statement) but(i int) {
	for j := range i {
		if s.is(j, nobody) {
			return
		}
	}
	after := i + 1
	if s.is(after, of, behalf) {
		after++
	}
	switch {
	case s.is(after, name):
		say(s.items[after].names, excepted)
	case s.is(i, leftOut) && s.follows(i) && s.is(i-1, name):
		say(s.last(i-1), excepted)
	}
}
