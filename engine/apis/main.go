// Command apis writes the table of the APIs that each minor version of Kubernetes serves by default.
//
//	go run . ../../src/kubernetes/api-versions.generated.ts
//
// It is a module of its own: the engine must not depend on what only this table needs, and the table is not part of
// the engine's bytes. For each line of versions.txt it reads, from the Go module cache,
//
//   - k8s.io/kubernetes api/openapi-spec/swagger.json: every resource that the server can serve, alpha included;
//   - pkg/controlplane/instance.go: which group versions and single beta resources are on by default;
//   - pkg/registry/*/rest and pkg/features: which resources a feature gate keeps back that is off by default;
//   - k8s.io/api <group>/<version>/register.go: the names of the groups that those files mention by Go package.
//
// Anything that it does not recognise is an error: a table that guesses would render charts for a cluster that does not exist.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: apis FILE")
	}
	versions, err := readVersions("versions.txt")
	if err != nil {
		log.Fatal(err)
	}
	table := newTable()
	for _, version := range versions {
		served, err := servedByDefault(version)
		if err != nil {
			log.Fatalf("kubernetes %s: %v", version, err)
		}
		table.add(version, served)
	}
	if err := os.WriteFile(os.Args[1], []byte(table.text()), 0o644); err != nil {
		log.Fatal(err)
	}
}

func readVersions(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var versions []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			versions = append(versions, line)
		}
	}
	return versions, lines.Err()
}

// servedByDefault lists what a server of that version serves without flags.
func servedByDefault(version string) ([]resource, error) {
	kubernetes, err := moduleFolder("k8s.io/kubernetes", "v"+version)
	if err != nil {
		return nil, err
	}
	api, err := moduleFolder("k8s.io/api", "v0"+strings.TrimPrefix(version, "1"))
	if err != nil {
		return nil, err
	}
	defaults, err := readDefaults(kubernetes, groupNames{folder: api})
	if err != nil {
		return nil, err
	}
	possible, err := readResources(kubernetes)
	if err != nil {
		return nil, err
	}
	var served []resource
	for _, one := range possible {
		on, err := defaults.serves(one)
		if err != nil {
			return nil, err
		}
		if on {
			served = append(served, one)
		}
	}
	sort.Slice(served, func(i, j int) bool { return served[i].path < served[j].path })
	return served, nil
}

// moduleFolder downloads a module, if it is not in the cache, and says where it lies.
func moduleFolder(path, version string) (string, error) {
	output, err := exec.Command("go", "mod", "download", "-json", path+"@"+version).Output()
	var module struct{ Dir, Error string }
	if decodeError := json.Unmarshal(output, &module); decodeError != nil {
		return "", fmt.Errorf("%s@%s: %v", path, version, err)
	}
	if module.Error != "" {
		return "", fmt.Errorf("%s", module.Error)
	}
	return module.Dir, nil
}
