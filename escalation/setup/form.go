package setup

import (
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/length"
)

// ChannelForm is a Channel as people type it. Tiers that are empty altogether are left out.
type ChannelForm struct {
	Policy     string
	ByPriority string // one a line: "urgent: enterprise-urgent"
	Tiers      []TierForm
	Deadline   string
	Repeat     string // of the last tier
}

// TierForm is one tier as people type it.
type TierForm struct {
	After, Notify, Message string
}

func (t TierForm) empty() bool { return strings.TrimSpace(t.After+t.Notify+t.Message) == "" }

// Read reads a form. The problems are those of reading it, by the tier's place in the form; what could
// be read is still to be checked.
func (f ChannelForm) Read() (Channel, Problems) {
	var p Problems
	c := Channel{Policy: strings.TrimSpace(f.Policy), ByPriority: readPriorities(f.ByPriority, &p)}
	for i, t := range f.Tiers {
		if t.empty() {
			if slices.ContainsFunc(f.Tiers[i:], func(later TierForm) bool { return !later.empty() }) {
				p.add(TierField(i+1, PartAfter), "Fill in this tier, or move the next one here.")
			}
			continue
		}
		tier := escalation.Tier{Notify: ParseNotify(t.Notify), Message: strings.TrimSpace(t.Message)}
		var err error
		if tier.After, err = length.Parse(t.After); err != nil {
			p.add(TierField(i+1, PartAfter), "%s", sentence(err))
		}
		c.Tiers = append(c.Tiers, tier)
	}
	if strings.TrimSpace(f.Deadline) != "" {
		var err error
		if c.Deadline, err = length.Parse(f.Deadline); err != nil {
			p.add(FieldDeadline, "%s", sentence(err))
		}
	}
	if strings.TrimSpace(f.Repeat) != "" {
		repeat, err := length.Parse(f.Repeat)
		switch {
		case err != nil:
			p.add(FieldRepeat, "%s", sentence(err))
		case len(c.Tiers) == 0:
			p.add(FieldRepeat, "The last tier repeats: there is none yet.")
		default:
			c.Tiers[len(c.Tiers)-1].Repeat = repeat
		}
	}
	return c, p
}

// Form is the channel as people would have typed it.
func (c Channel) Form() ChannelForm {
	f := ChannelForm{Policy: c.Policy}
	for _, priority := range sortedKeys(c.ByPriority) {
		f.ByPriority += priority + ": " + c.ByPriority[priority] + "\n"
	}
	f.ByPriority = strings.TrimSpace(f.ByPriority)
	for _, t := range c.Tiers {
		f.Tiers = append(f.Tiers, TierForm{length.Format(t.After), strings.Join(t.Notify, ", "), t.Message})
		if t.Repeat > 0 {
			f.Repeat = length.Format(t.Repeat)
		}
	}
	if c.Deadline > 0 {
		f.Deadline = length.Format(c.Deadline)
	}
	return f
}

func readPriorities(text string, p *Problems) map[string]string {
	var by map[string]string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, ",", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		priority, policy, ok := strings.Cut(line, ":")
		if !ok {
			p.add(FieldByPriority, "Write one a line, such as urgent: enterprise-urgent.")
			continue
		}
		if by == nil {
			by = map[string]string{}
		}
		priority = strings.TrimSpace(priority)
		if _, twice := by[priority]; twice {
			p.add(FieldByPriority, "%q stands there twice.", priority)
		}
		by[priority] = strings.TrimSpace(policy)
	}
	return by
}

// ParseWords reads names as people type them, separated by commas or on lines of their own.
func ParseWords(text string) []string {
	var words []string
	for _, word := range betweenAll.Split(text, -1) {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// sentence is an error as it is shown beside a field.
func sentence(err error) string {
	words := err.Error()
	return strings.ToUpper(words[:1]) + words[1:] + "."
}
