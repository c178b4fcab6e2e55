// Package directory knows, for each workspace that the bot is in, who the bot is there, what the user groups
// are called, and what people are called and which e-mail address is whose. It reads when it is needed and answers from
// memory.
package directory
