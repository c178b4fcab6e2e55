package config

import "testing"

func TestAMisspeltVariableIsTold(t *testing.T) {
	for _, test := range []struct {
		environ []string
		want    string // the fix; "": nothing is told
	}{
		{[]string{"SLACK_BOT_TOKN=xoxb-1"}, "Did you mean SLACK_BOT_TOKEN?"},
		{[]string{"SLABUDDY_LISTNE=:80"}, "Did you mean SLABUDDY_LISTEN?"},
		{[]string{"HELPDESK_WEBHOK_SECRET=s", "HELPDESK_WEBHOOK_SECRET="}, "Did you mean HELPDESK_WEBHOOK_SECRET?"},
		{[]string{"LOG_LEVL=debug"}, "Did you mean LOG_LEVEL?"},
		{[]string{"SLACK_BOT_TOKN=xoxb-1", "SLACK_BOT_TOKEN=xoxb-2"}, ""},
		{[]string{"SLACK_BOT_TOKEN=xoxb-1", "DATABASE_URL=sqlite:x"}, ""},
		{[]string{"GT_TOKEN=1", "SLABUDDY_PORT=tcp://10.0.0.1:8080", "PATH=/bin", "ONCALL_URL=https://x"}, ""},
	} {
		slips := Slips(test.environ)
		switch {
		case test.want == "" && len(slips) > 0:
			t.Errorf("%q: %+v", test.environ, slips)
		case test.want != "" && (len(slips) != 1 || slips[0].Fix != test.want):
			t.Errorf("%q: %+v, want %q", test.environ, slips, test.want)
		}
	}
}
