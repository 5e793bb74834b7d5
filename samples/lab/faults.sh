# Ways to break the lab, one table or link at a time. Sourced by lab.sh.
lab_fault() { :; }
