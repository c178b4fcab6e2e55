package slackapp

import "sync"

// poster is an app in a channel.
type poster struct{ workspace, channel, bot string }

// posters are the apps that have posted a ticket since the program began: what they post without one is
// worth a word (rule 4).
type posters struct {
	mu  sync.Mutex
	all map[poster]bool
}

// mostPosters bounds what is remembered: beyond it, no more is.
const mostPosters = 50_000

func (p *posters) note(who poster) {
	if who.bot == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[poster]bool{}
	}
	if len(p.all) < mostPosters {
		p.all[who] = true
	}
}

func (p *posters) known(who poster) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[who]
}
