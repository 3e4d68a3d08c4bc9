.DEFAULT_GOAL := help
.PHONY: help local test check soak bench clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

local: node_modules/.package-lock.json ## production, staging, dev and two branch environments on this machine
	bin/understudy local up

test: node_modules/.package-lock.json check ## every test; ends with "N passed, N failed"
	npx mocha 'test/**/*.test.ts'

check: node_modules/.package-lock.json ## types and lint
	npx tsc -p tsconfig.json
	npx eslint --cache --cache-location node_modules/.cache/eslint/ .

clean: ## what was built
	rm -rf dist
