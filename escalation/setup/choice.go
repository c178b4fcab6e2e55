package setup

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Choice picks a policy for tickets that meet all of its conditions; one that is empty is met.
type Choice struct {
	Priority []string `json:"priority,omitempty"` // any of these, any case
	Type     []string `json:"type,omitempty"`
	Product  []string `json:"product,omitempty"`
	Customer string   `json:"customer,omitempty"` // part of the customer's name, any case
	Policy   string   `json:"policy"`
}

func (c Choice) inForce(key string) policy.Choice {
	in := policy.Choice{Priorities: c.Priority, Types: c.Type, Products: c.Product, Policy: key}
	if c.Customer != "" {
		in.Customer = regexp.MustCompile("(?i)" + regexp.QuoteMeta(c.Customer))
	}
	return in
}

// The words that a condition begins with.
const (
	ifPriority = "priority"
	ifType     = "type"
	ifProduct  = "product"
	ifCustomer = "customer"

	andThen = " and "
	orElse  = " or "
)

// words are the choice's conditions as people type them.
func (c Choice) words() string {
	var all []string
	add := func(condition string, values []string) {
		if len(values) > 0 {
			all = append(all, condition+" "+strings.Join(values, orElse))
		}
	}
	add(ifPriority, c.Priority)
	add(ifType, c.Type)
	add(ifProduct, c.Product)
	if c.Customer != "" {
		add(ifCustomer, []string{c.Customer})
	}
	return strings.Join(all, andThen)
}

// readConditions reads "type outage or incident and customer acme". ok is false where no word says what is meant.
func readConditions(text string) (c Choice, ok bool) {
	var parts [][2]string
	for part := range strings.SplitSeq(text, andThen) {
		word, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		word = strings.ToLower(word)
		if slices.Contains([]string{ifPriority, ifType, ifProduct, ifCustomer}, word) && strings.TrimSpace(value) != "" {
			parts = append(parts, [2]string{word, strings.TrimSpace(value)})
		} else if n := len(parts); n > 0 { // "customer Smith and Sons"
			parts[n-1][1] += andThen + strings.TrimSpace(part)
		} else {
			return c, false
		}
	}
	for _, part := range parts {
		values := strings.Split(part[1], orElse)
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		switch part[0] {
		case ifPriority:
			c.Priority = append(c.Priority, values...)
		case ifType:
			c.Type = append(c.Type, values...)
		case ifProduct:
			c.Product = append(c.Product, values...)
		default:
			c.Customer = part[1]
		}
	}
	return c, true
}

// readChoices reads which other policies some tickets have, one a line: a priority alone, or conditions.
func readChoices(text string, p *Problems) (choices []Choice, byPriority map[string]string) {
	for _, line := range lines(strings.ReplaceAll(text, ",", "\n")) {
		at := strings.LastIndex(line, ":")
		if at < 0 {
			p.add(FieldByPriority, "Write one a line, such as urgent: enterprise-urgent, or customer acme: enterprise-urgent.")
			continue
		}
		left, policy := strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:])
		if c, ok := readConditions(left); ok {
			c.Policy = policy
			choices = append(choices, c)
			continue
		}
		if byPriority == nil {
			byPriority = map[string]string{}
		}
		if _, twice := byPriority[left]; twice {
			p.add(FieldByPriority, "%q is there twice.", left)
		}
		byPriority[left] = policy
	}
	return choices, byPriority
}

func writeChoices(choices []Choice, byPriority map[string]string) string {
	var all []string
	for _, c := range choices {
		all = append(all, c.words()+": "+c.Policy)
	}
	for _, priority := range sortedKeys(byPriority) {
		all = append(all, priority+": "+byPriority[priority])
	}
	return strings.Join(all, "\n")
}

// checkChoices says what is wrong with the policies that some tickets have.
func (c Channel) checkChoices(policies []string, p *Problems) {
	if len(c.ByPriority)+len(c.Choose) > maxChoices {
		p.add(FieldByPriority, "%d lines are the most.", maxChoices)
	}
	named := func(policy string) {
		if !slices.Contains(policies, policy) {
			p.add(FieldByPriority, "There is no policy %q. Choose one of %s.", policy, strings.Join(policies, ", "))
		}
	}
	for _, choice := range c.Choose {
		if choice.words() == "" {
			p.add(FieldByPriority, "Say for which tickets: priority, type, product or customer.")
		}
		named(choice.Policy)
	}
	seen := map[string]bool{}
	for _, priority := range sortedKeys(c.ByPriority) {
		key := strings.ToLower(strings.TrimSpace(priority))
		switch {
		case key == "":
			p.add(FieldByPriority, "A priority has no name.")
		case seen[key]:
			p.add(FieldByPriority, "%q is there twice: capitals make no difference.", priority)
		default:
			named(c.ByPriority[priority])
		}
		seen[key] = true
	}
}
