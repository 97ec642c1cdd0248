"""How setHARD was made (appendix E.1), as steps that run."""
