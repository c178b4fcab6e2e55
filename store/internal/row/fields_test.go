package row

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
)

func TestTheListsSayWhatTheTagsSay(t *testing.T) {
	fieldstest.Agree(t, bodyFields)
	fieldstest.Agree(t, tierFields)
	fieldstest.Agree(t, clockFields)
	fieldstest.Agree(t, deskTicketFields)
	fieldstest.Agree(t, deskPersonFields)
	fieldstest.Agree(t, factFields)
}
