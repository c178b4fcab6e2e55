// Package tolerant decodes JSON as far as it fits. Other people's messages come in more shapes than Slack
// documents, and one odd field must not cost the whole message.
package tolerant
