"""What every feature stands on: database, scopes, access, audit, clock, errors, forms, web, jobs and languages."""
