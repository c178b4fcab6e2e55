package commands_test

import (
	"testing"
	"time"
)

// Rule 23: `/sla assign` gives a ticket of the channel to somebody, and says which where that is not clear.
func TestAssigning(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla assign <@"+bob+"|bob>"), "No ticket of this channel waits")
	ts := w.open(team, channel, 5*time.Minute, "41", "42")
	says(t, w.types(member, channel, "/sla assign <@"+bob+"|bob>"), "Which ticket? 2 tickets", "/sla assign 4711 @bob")
	says(t, w.types(member, channel, "/sla assign 99 <@"+bob+"|bob>"), "No ticket 99 of this channel")
	says(t, w.types(guest, channel, "/sla assign 42 me"), "Only full members")
	w.types(member, channel, "/sla assign #42 to <@"+bob+"|bob>")
	w.hears(member, "Handed "+ts[1].ID+" of "+team+" from Ana Silva to "+bob+".")
	w.types(member, channel, "/sla assign me 41")
	w.hears(member, "Handed "+ts[0].ID+" of "+team+" from Ana Silva to me.")
}
