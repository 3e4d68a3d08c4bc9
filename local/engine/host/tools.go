//go:build tools

// Package tools keeps Pulumi's language host for Node among the requirements of this module. It is the newest one that has a Go
// module of its own, and it works with much newer engines.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
