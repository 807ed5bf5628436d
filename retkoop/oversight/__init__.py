"""Where the departmental associations (AD) and the federation land and look after their cooperatives."""
