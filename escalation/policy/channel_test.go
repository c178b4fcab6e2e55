package policy

import "testing"

// Rule 18: a channel may have hours of its own; they go before those of its policy. Without any, all time counts.
func TestAChannelsHoursGoBeforeItsPolicys(t *testing.T) {
	for _, test := range []struct{ channel, policy, want string }{
		{"tokyo", "berlin", "tokyo"},
		{"", "berlin", "berlin"},
		{"tokyo", "", "tokyo"},
		{"", "", ""},
	} {
		if got := (Channel{Hours: test.channel}).HoursOf(Policy{Hours: test.policy}); got != test.want {
			t.Errorf("a channel of hours %q with a policy of %q counts in %q, want %q", test.channel, test.policy, got, test.want)
		}
	}
}
