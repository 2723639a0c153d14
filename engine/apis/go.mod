module fleetwright.dev/apis

go 1.26.0
