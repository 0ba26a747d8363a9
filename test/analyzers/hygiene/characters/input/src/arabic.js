const title = "‮مرحبا";
