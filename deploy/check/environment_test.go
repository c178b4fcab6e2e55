package check

import (
	"slices"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// goReads are variables that Go itself reads.
var goReads = []string{"GOMEMLIMIT"}

// programReads are the names of all the variables that the program reads, under any configuration.
func programReads() []string {
	var names []string
	getenv := func(name string) string {
		names = append(names, name)
		return ""
	}
	for _, kind := range helpdesk.Kinds() {
		c := config.Default()
		c.DeskKind = kind.Name
		_, _ = config.ReadEnv(getenv, c) // it complains that nothing is set
	}
	slices.Sort(names)
	return slices.Compact(names)
}
