from django.urls import path

from portal import views

urlpatterns = [
    path("", views.home),
    path("me", views.me),
    path("filing", views.filing),
    path("callback", views.callback),
]
