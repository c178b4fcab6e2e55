package setup

import (
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// ChannelForm is a Channel as people type it. Tiers that are empty altogether are left out.
type ChannelForm struct {
	Policy     string
	ByPriority string // one a line: "urgent: enterprise-urgent", "type outage and customer acme: teams"
	Tiers      []TierForm
	Deadline   string
	Repeat     string // of the last tier
	NextReply  PromiseForm
	Resolution PromiseForm
	Hours      string // a name of theirs, OwnHours, or "" for the policy's
	OwnHours   HoursForm
}

// OwnHours is written where a channel's hours are named, if it has hours of its own. No name has a slash.
const OwnHours = "/own"

// HoursForm is Hours as people type them.
type HoursForm struct {
	Zone, Week, Country, Closed, Open string
}

// UsualHours are what most teams work, in a time zone.
func UsualHours(zone string) HoursForm { return HoursForm{Zone: zone, Week: "mon-fri 09:00-17:00"} }

func (f HoursForm) read() *Hours {
	return &Hours{Zone: strings.TrimSpace(f.Zone), Week: lines(f.Week), Country: f.Country, Closed: ParseWords(f.Closed), Open: lines(f.Open)}
}

func (h *Hours) form() HoursForm {
	return HoursForm{
		Zone: h.Zone, Week: strings.Join(h.Week, "\n"), Country: h.Country,
		Closed: strings.Join(h.Closed, ", "), Open: strings.Join(h.Open, "\n"),
	}
}

// TierForm is one tier as people type it.
type TierForm struct {
	After   string // "30m", or "15m before" the deadline
	Notify  string
	Message string
}

func (t TierForm) empty() bool { return strings.TrimSpace(t.After+t.Notify+t.Message) == "" }

// Read reads a form, whose hours may have the names of those in s. The problems are those of reading it, by the
// tier's place in the form; what could be read is still to be checked.
func (f ChannelForm) Read(s *escalation.Settings) (Channel, Problems) {
	var p Problems
	c := Channel{Policy: strings.TrimSpace(f.Policy), Hours: f.Hours}
	c.Choose, c.ByPriority = readChoices(f.ByPriority, &p)
	if f.Hours == OwnHours {
		c.Hours, c.OwnHours = "", f.OwnHours.read()
	}
	h := c.hoursOf(s)
	f.readTiers(&c, h, &p)
	c.NextReply = f.NextReply.read(policy.NextReply, h, &p)
	c.Resolution = f.Resolution.read(policy.Resolution, h, &p)
	return c, p
}

// readTiers reads what is promised of the first reply.
func (f ChannelForm) readTiers(c *Channel, h *hours.Hours, p *Problems) {
	for i, t := range f.Tiers {
		if t.empty() {
			if slices.ContainsFunc(f.Tiers[i:], func(later TierForm) bool { return !later.empty() }) {
				p.add(TierField(i+1, PartAfter), "Fill in this tier, or move the next one here.")
			}
			continue
		}
		tier := policy.Tier{Notify: ParseNotify(t.Notify), Message: strings.TrimSpace(t.Message)}
		var err error
		if tier.After, tier.Before, err = readWhen(t.After, h); err != nil {
			p.add(TierField(i+1, PartAfter), "%s", sentence(err))
		}
		c.Tiers = append(c.Tiers, tier)
	}
	if strings.TrimSpace(f.Deadline) != "" {
		var err error
		if c.Deadline, err = length.ParseWork(f.Deadline, h); err != nil {
			p.add(FieldDeadline, "%s", sentence(err))
		}
	}
	if strings.TrimSpace(f.Repeat) != "" {
		repeat, err := length.ParseWork(f.Repeat, h)
		switch {
		case err != nil:
			p.add(FieldRepeat, "%s", sentence(err))
		case len(c.Tiers) == 0:
			p.add(FieldRepeat, "The last tier repeats: there is none yet.")
		default:
			c.Tiers[len(c.Tiers)-1].Repeat = repeat
		}
	}
}

// Form is the channel as people would have typed it.
func (c Channel) Form() ChannelForm {
	f := ChannelForm{Policy: c.Policy, ByPriority: writeChoices(c.Choose, c.ByPriority), Hours: c.Hours}
	write := length.Format
	if c.OwnHours != nil {
		f.Hours, f.OwnHours = OwnHours, c.OwnHours.form()
	}
	if f.Hours != "" && f.Hours != policy.AroundTheClock {
		write = length.FormatWork // in hours a day is not 24 of them
	}
	for _, t := range c.Tiers {
		f.Tiers = append(f.Tiers, TierForm{writeWhen(t, write), strings.Join(t.Notify, ", "), t.Message})
		if t.Repeat > 0 {
			f.Repeat = write(t.Repeat)
		}
	}
	if c.Deadline > 0 {
		f.Deadline = write(c.Deadline)
	}
	f.NextReply, f.Resolution = c.NextReply.form(write), c.Resolution.form(write)
	return f
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
