package row

import "github.com/slabuddy/slabuddy/escalation"

// Rounds cuts changes into runs of at most n, none of which names a timeline or a mention twice:
// within one run all can be written by the same few statements, and a later change of the same
// timeline sees what the earlier one did.
func Rounds(changes []escalation.Change, n int) [][]escalation.Change {
	var rounds [][]escalation.Change
	timelines := map[string]bool{}
	mentions := map[escalation.MentionKey]bool{}
	start := 0
	for i, c := range changes {
		again := c.Timeline != nil && timelines[c.Timeline.ID] || c.Mention != nil && mentions[*c.Mention]
		if again || i-start == n {
			rounds = append(rounds, changes[start:i])
			start = i
			clear(timelines)
			clear(mentions)
		}
		if c.Timeline != nil {
			timelines[c.Timeline.ID] = true
		}
		if c.Mention != nil {
			mentions[*c.Mention] = true
		}
	}
	if start < len(changes) {
		rounds = append(rounds, changes[start:])
	}
	return rounds
}

// Queues returns the queues that the jobs of changes go to, each once, in order.
func Queues(changes []escalation.Change) []string {
	seen := map[string]bool{}
	var queues []string
	for _, c := range changes {
		for _, j := range c.Jobs {
			if !seen[j.Queue] {
				seen[j.Queue] = true
				queues = append(queues, j.Queue)
			}
		}
	}
	return queues
}
