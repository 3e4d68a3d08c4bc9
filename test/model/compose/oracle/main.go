// Reads Compose files as Docker Compose does, to compare ours with. Standard input is a JSON document with folders to load, texts to
// interpolate and .env files to parse; standard output has one answer each, in the same order.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

type question struct {
	Variables map[string]string `json:"variables"`
	Folders   []string          `json:"folders"`
	Templates []string          `json:"templates"`
	DotEnvs   []string          `json:"dotEnvs"`
}

type answer struct {
	Error    string            `json:"error,omitempty"`
	Text     string            `json:"text,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
	Services map[string]any    `json:"services,omitempty"`
}

func main() {
	logrus.SetOutput(io.Discard)
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answers := map[string][]answer{
		"folders":   each(asked.Folders, func(folder string) (answer, error) { return load(folder, asked.Variables) }),
		"templates": each(asked.Templates, func(text string) (answer, error) { return interpolate(text, asked.Variables) }),
		"dotEnvs":   each(asked.DotEnvs, func(text string) (answer, error) { return parse(text, asked.Variables) }),
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// each answers every question; one that makes the library panic has an error like any other.
func each(questions []string, reply func(string) (answer, error)) []answer {
	answers := make([]answer, len(questions))
	for index, asked := range questions {
		func() {
			defer func() {
				if reason := recover(); reason != nil {
					answers[index] = answer{Error: fmt.Sprint("panic: ", reason)}
				}
			}()
			replied, err := reply(asked)
			if err != nil {
				replied = answer{Error: err.Error()}
			}
			answers[index] = replied
		}()
	}
	return answers
}

func lookup(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

func interpolate(text string, variables map[string]string) (answer, error) {
	replaced, err := template.Substitute(text, lookup(variables))
	return answer{Text: replaced}, err
}

func parse(text string, variables map[string]string) (answer, error) {
	values, err := dotenv.ParseWithLookup(strings.NewReader(text), lookup(variables))
	return answer{Values: values}, err
}

// load reads the project of a folder, as `docker compose config` does in a shell with these variables.
func load(folder string, variables map[string]string) (answer, error) {
	environment := types.Mapping{}.Merge(variables)
	if file := filepath.Join(folder, ".env"); exists(file) {
		values, err := dotenv.GetEnvFromFile(environment, []string{file})
		if err != nil {
			return answer{}, err
		}
		environment.Merge(values)
	}
	details := types.ConfigDetails{
		WorkingDir:  folder,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(folder, "compose.yaml")}},
		Environment: environment,
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(options *loader.Options) {
		options.SetProjectName("project", true)
		options.Profiles = []string{"*"}
		options.ResolvePaths = true
	})
	if err != nil {
		return answer{}, err
	}
	services := map[string]any{}
	for name, service := range project.Services {
		services[name] = describe(service)
	}
	return answer{Services: services}, nil
}

// describe has what our reader knows too, in the units of the library.
func describe(service types.ServiceConfig) map[string]any {
	described := map[string]any{
		"image":       service.Image,
		"command":     service.Command,
		"entrypoint":  service.Entrypoint,
		"environment": service.Environment.ToMapping(),
		"ports":       service.Ports,
		"expose":      service.Expose,
		"dependsOn":   service.DependsOn,
		"profiles":    service.Profiles,
		"cpus":        float64(service.CPUS),
		"memory":      int64(service.MemLimit),
		"user":        service.User,
		"workingDir":  service.WorkingDir,
	}
	if service.StopGracePeriod != nil {
		described["stopSeconds"] = duration(*service.StopGracePeriod)
	}
	if service.Build != nil {
		described["build"] = service.Build.Context
	}
	if check := service.HealthCheck; check != nil {
		described["healthCheck"] = map[string]any{
			"test": check.Test, "disable": check.Disable, "retries": check.Retries,
			"interval": optional(check.Interval), "timeout": optional(check.Timeout), "startPeriod": optional(check.StartPeriod),
		}
	}
	if deploy := service.Deploy; deploy != nil {
		if deploy.Replicas != nil {
			described["replicas"] = *deploy.Replicas
		}
		for _, resource := range []*types.Resource{deploy.Resources.Reservations, deploy.Resources.Limits} {
			if resource != nil && resource.NanoCPUs != 0 {
				described["cpus"] = float64(resource.NanoCPUs)
			}
			if resource != nil && resource.MemoryBytes != 0 {
				described["memory"] = int64(resource.MemoryBytes)
			}
		}
	}
	if service.Scale != nil {
		described["replicas"] = *service.Scale
	}
	return described
}

func optional(value *types.Duration) any {
	if value == nil {
		return nil
	}
	return duration(*value)
}

func duration(value types.Duration) float64 {
	return float64(value) / 1e9
}

func exists(file string) bool {
	found, err := os.Stat(file)
	return err == nil && !found.IsDir()
}
