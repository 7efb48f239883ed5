"""From notebooks to a checked site: parameters, plan, execution, assembly, checks."""
