"""What was wrong with a request, for the developer who has to mend it: pure rules, from the cause that was
kept and what the client registered to words, a specification's section and the change that helps."""
