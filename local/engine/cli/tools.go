//go:build tools

// Package tools keeps the Pulumi engine among the requirements of this module.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
