package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shortestMeant keeps other programs' short names (GH_TOKEN) from being taken for slips of ours (RT_TOKEN).
const shortestMeant = len("LOG_LEVEL")

// Slips are the variables of an environment (NAME=value, as os.Environ has them) that are none of the program's, and
// all but one of its that is not set. What a misspelt variable says is not known to the program, and nothing else
// would tell.
func Slips(environ []string) []EnvProblem {
	set := map[string]bool{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		set[name] = value != ""
	}
	var free []string
	for name := range ownVariables() {
		if !set[name] && len(name) >= shortestMeant {
			free = append(free, name)
		}
	}
	var slips []EnvProblem
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if ownVariables()[name] {
			continue
		}
		if i := slices.IndexFunc(free, func(meant string) bool { return distance(name, meant) == 1 }); i >= 0 {
			slips = append(slips, EnvProblem{Variable: name, What: "is no variable of SLA Buddy", Fix: fmt.Sprintf("Did you mean %s?", free[i])})
		}
	}
	return slips
}
