// Command apis writes what fleetwright knows of the APIs that Kubernetes itself has, minor by minor.
//
//	go run . ../../src/kubernetes
//
// It is a module of its own: the engine must not depend on what only these tables need, and the tables are not part of
// the engine's bytes. For each line of versions.txt it reads, from the Go module cache,
//
//   - k8s.io/kubernetes api/openapi-spec/swagger.json: every resource that the server can serve, alpha included, and the
//     fields of its kinds;
//   - pkg/controlplane/instance.go: which group versions and single beta resources are on by default;
//   - pkg/registry/*/rest and pkg/features: which resources a feature gate keeps back that is off by default;
//   - k8s.io/api <group>/<version>: the names of the groups that those files mention by Go package, the values of
//     enumerations, and the releases in which a kind comes, is deprecated and goes.
//
// Anything that it does not recognise is an error: a table that guesses would render charts for a cluster that does not exist.
package main

import (
	"bufio"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: apis FOLDER")
	}
	versions, err := readLines("versions.txt")
	if err != nil {
		log.Fatal(err)
	}
	unenforced, err := readLines("unenforced.txt")
	if err != nil {
		log.Fatal(err)
	}
	files, err := tables(versions, unenforced)
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// tables gives the text of each generated module, by file name.
func tables(versions, unenforced []string) (map[string]string, error) {
	apis, schemas, lives := newTable(), newSchemas(unenforced), lives{}
	for _, version := range versions {
		one, err := readRelease(version)
		if err != nil {
			return nil, err
		}
		served, err := servedByDefault(one)
		if err != nil {
			return nil, one.failed(err)
		}
		apis.add(one.version, served)
		if err := schemas.add(one, served); err != nil {
			return nil, one.failed(err)
		}
		if err := lives.add(one); err != nil {
			return nil, one.failed(err)
		}
	}
	if err := lives.addChained(versions[len(versions)-1]); err != nil {
		return nil, err
	}
	compressed, err := schemas.text()
	return map[string]string{
		"api-versions.generated.ts":     apis.text(),
		"api-life.generated.ts":         lives.text(),
		"built-in-schemas.generated.ts": compressed,
	}, err
}

func readLines(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, line)
		}
	}
	return found, lines.Err()
}

// servedByDefault lists what a server of that release serves without flags.
func servedByDefault(one release) ([]resource, error) {
	defaults, err := readDefaults(one.kubernetes, groupNames{folder: one.api})
	if err != nil {
		return nil, err
	}
	possible, err := readResources(one.kubernetes)
	if err != nil {
		return nil, err
	}
	var served []resource
	for _, resource := range possible {
		on, err := defaults.serves(resource)
		if err != nil {
			return nil, err
		}
		if on {
			served = append(served, resource)
		}
	}
	sort.Slice(served, func(i, j int) bool { return served[i].path < served[j].path })
	return served, nil
}
